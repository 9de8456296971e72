import { expect, test } from "vitest";
import type { Frame } from "../symbols/frame.ts";
import { hotFunctions } from "./hot-functions.ts";
import { Tally } from "./tally.ts";

function frame(name: string, module: string, resolved = true): Frame {
  return { name, module, kind: "user", resolved };
}

test("hotFunctions() adds up addresses without a symbol by their file", () => {
  const frames = [
    frame("gzip+0x4330", "/usr/bin/gzip", false),
    frame("main", "/usr/bin/gzip"),
    frame("gzip+0x4313", "/usr/bin/gzip", false),
    frame("libz.so+0x1", "/lib/libz.so", false),
    { ...frame("[jit]", "[jit]", false), kind: "jit" } as const,
  ];
  const tally = new Tally();
  for (const number of [0, 1, 2, 3, 4, 1, 0, -1]) tally.add(number, 10, false);
  const shown = hotFunctions(tally, frames, 10).map(({ frame, samples, ns }) => [
    ...[frame.name, frame.module, samples, ns],
  ]);
  expect(shown).toEqual([
    ["[no symbol]", "/usr/bin/gzip", 3, 30],
    ["main", "/usr/bin/gzip", 2, 20],
    ["[no symbol]", "/lib/libz.so", 1, 10],
    ["[jit]", "[jit]", 1, 10],
    ["[unknown]", "[unknown]", 1, 10],
  ]);
  expect(hotFunctions(tally, frames, 2)).toHaveLength(2);
});

test("hotFunctions() takes frames of one name, file and line as one function", () => {
  // Two constructors of one class have two symbols, and one name in the source.
  const frames = [
    { ...frame("A::A()", "/bin/a"), symbol: "_ZN1AC1Ev" },
    { ...frame("A::A()", "/bin/a"), symbol: "_ZN1AC2Ev" },
  ];
  const tally = new Tally();
  for (const number of [0, 1]) tally.add(number, 10, false);
  expect(hotFunctions(tally, frames, 10)).toMatchObject([{ samples: 2, ns: 20 }]);
});
