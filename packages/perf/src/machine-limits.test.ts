import { expect, test } from "vitest";
import { kernelSetting, onlineCpus, parseCpus } from "./machine-limits.ts";

test("parseCpus() reads lists of the kernel", () => {
  expect(parseCpus("0\n")).toEqual([0]);
  expect(parseCpus("0-2,5,8-9\n")).toEqual([0, 1, 2, 5, 8, 9]);
  for (const bad of ["", "\n", "3-1", "a", "1,,2", "-1", "1-"]) {
    expect(() => parseCpus(bad), bad).toThrow(RangeError);
  }
});

test("onlineCpus() names one CPU at least", () => {
  expect(onlineCpus().length).toBeGreaterThan(0);
});

test("kernelSetting() knows no setting that there is none of", () => {
  expect(kernelSetting("no_such_setting")).toBeUndefined();
});
