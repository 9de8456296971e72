import { expect, test } from "vitest";
import { exampleProfile, frameNamed } from "../output/profile.fixture.ts";
import { hottest } from "./hottest.ts";

test("hottest() adds up by command and by function, most first", () => {
  const { cpuNs, samples, commands, functions } = hottest(exampleProfile());
  expect([cpuNs, samples]).toEqual([100_000_000, 10]);
  expect(commands).toEqual([
    { command: "make", cpuNs: 70_000_000, samples: 7, tasks: 1 },
    { command: "cc", cpuNs: 30_000_000, samples: 3, tasks: 2 },
  ]);
  expect(
    functions.map(({ frame, selfNs, totalNs }) => [frame.name, selfNs / 1e6, totalNs / 1e6]),
  ).toEqual([
    ["work", 60, 80],
    ["schedule", 20, 20],
    ["idle()", 10, 10],
    ["script", 10, 10],
    ["main", 0, 100],
  ]);
});

test("hottest() counts a function that calls itself once", () => {
  const profile = exampleProfile({
    frames: [frameNamed("f"), frameNamed("f")],
    stacks: [[0, 1, 0], [0], [1], [0]],
  });
  expect(hottest(profile).functions).toMatchObject([{ selfNs: 100_000_000, totalNs: 100_000_000 }]);
});

test("hottest() takes all of a file that has no symbol as one function", () => {
  const nameless = (name: string): ReturnType<typeof frameNamed> => ({
    ...frameNamed(name),
    resolved: false,
  });
  const profile = exampleProfile({
    frames: [nameless("program+0x10"), nameless("program+0x20")],
    stacks: [[0, 1], [0], [1], [0]],
  });
  const { functions } = hottest(profile);
  expect(functions).toMatchObject([
    { frame: { name: "[no symbol]" }, selfNs: 100_000_000, totalNs: 100_000_000 },
  ]);
});
