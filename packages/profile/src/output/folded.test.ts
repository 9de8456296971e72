import * as fc from "fast-check";
import { expect, test } from "vitest";
import { toFolded } from "./folded.ts";
import {
  anyProfile,
  emptyProfile,
  exampleProfile,
  frameNamed,
  weightsByTask,
} from "./profile.fixture.ts";

test("toFolded() adds stacks up, root first, in nanoseconds", () => {
  expect(toFolded(exampleProfile())).toBe(
    [
      "main;work 60000000",
      "main;idle() 10000000",
      "main;work;schedule 20000000",
      "main;script 10000000",
      "",
    ].join("\n"),
  );
});

test("toFolded() puts the command, or the task, at the root", () => {
  const first = (split: "command" | "task"): string[] =>
    toFolded(exampleProfile(), { split })
      .split("\n")
      .map((line) => line.split(";")[0] ?? "");
  expect(first("command")).toEqual(["make", "make", "cc", "cc", ""]);
  expect(first("task")).toEqual(["make 10", "make 10", "cc 11", "cc 12", ""]);
});

test("toFolded() makes one line of a name with anything in it", () => {
  const names = ["a;b\nc\\d\u202e", " padded ", "", "\udcff"];
  const profile = exampleProfile({
    frames: names.map((name) => frameNamed(name)),
    stacks: [[0, 1, 2, 3], [], [0], [0]],
  });
  expect(toFolded(profile).split("\n").slice(0, 2)).toEqual([
    "a\\u003bb\\u000ac\\u005cd\\u202e;padded;[unknown];\\udcff 60000000",
    "[unknown] 10000000",
  ]);
});

test("toFolded() of no samples is empty", () => {
  expect(toFolded(emptyProfile())).toBe("");
});

test("toFolded() keeps the weight of every task, and every line can be read", () => {
  fc.assert(
    fc.property(anyProfile, (profile) => {
      const lines = toFolded(profile, { split: "task" }).split("\n").slice(0, -1);
      const found = new Map<string, number>();
      for (const line of lines) {
        const [, path, weight] = /^([^\n\r\u2028\u2029]+) (\d+)$/u.exec(line) ?? [];
        expect(path, line).toBeDefined();
        const root = path?.split(";")[0] ?? "";
        expect(path?.split(";").every((frame) => frame !== "" && frame.trim() === frame)).toBe(
          true,
        );
        found.set(root, (found.get(root) ?? 0) + Number(weight));
      }
      const wanted = weightsByTask(profile).filter((weight) => weight > 0);
      expect([...found.values()].sort()).toEqual(wanted.sort());
    }),
  );
});
