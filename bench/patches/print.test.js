// @ts-check
import { expect, test } from "vitest";
import { ratiosText, seriesText } from "./print.js";

test("seriesText() shows every run and the mean: elapsed, user, system, share of the CPUs", () => {
  const runs = [
    { build: { elapsed: 100, user: 150, system: 30 }, watcher: 1, lost: 0 },
    { build: { elapsed: 104, user: 151, system: 32 }, watcher: 2, lost: 0 },
  ];
  expect(seriesText(new Map([["row", runs]])).split("\n")).toEqual([
    "          elapsed      user   system      CPU  watcher",
    "row",
    "  run 1  100.00 s  150.00 s  30.00 s  180.0 %   1.00 s",
    "  run 2  104.00 s  151.00 s  32.00 s  176.0 %   2.00 s",
    "  mean   102.00 s  150.50 s  31.00 s  177.9 %   1.50 s",
  ]);
});

test("ratiosText() names the target that was missed, and says nothing of what nobody counts", () => {
  const range = { middle: 1.01, least: 1, most: 1.02 };
  const row = { elapsed: range, cpu: range, whole: range, watcherSeconds: 1.234 };
  const text = ratiosText(
    new Map([
      ["ours", { ...row, lost: 3, target: "at most 0.5 %", holds: false }],
      ["few", { ...row, lost: 0, target: "at most 0.5 %", holds: undefined }],
      ["theirs", { ...row, lost: undefined, target: undefined, holds: false }],
    ]),
  );
  const [, ours = "", few = "", theirs = ""] = text.split("\n");
  expect(ours).toMatch(/^ours .* 1\.23 s +3 +NO: at most 0\.5 %$/u);
  expect(few).toMatch(/ 0 +too few runs$/u);
  expect(theirs).toMatch(/^theirs .* 1\.23 s$/u);
});
