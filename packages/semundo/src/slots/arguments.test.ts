import { expect, test } from "vitest";
import { checkName, checkOptions } from "./arguments.ts";

test("names that could be a path, or nothing, are refused", () => {
  for (const name of [
    "",
    ".",
    "..",
    ".lock",
    "a/b",
    "../x",
    "a\0b",
    "a b",
    "ä",
    "x".repeat(65),
    "a\n",
  ]) {
    expect(() => checkName(name), name).toThrow(RangeError);
  }
  expect(() => checkName(7 as never)).toThrow(/got number$/u);
  for (const name of ["ffmpeg", "a.b", "A-_9", "-", "x".repeat(64)]) checkName(name);
});

test("options out of range are refused", () => {
  for (const count of [0, -1, 1.5, 32_768, Number.NaN, "4" as never]) {
    expect(() => checkOptions({ count }), String(count)).toThrow(/^count must be/u);
  }
  for (const mode of [0, 0o777, 0o1600, 0o400, 0.5]) {
    expect(() => checkOptions({ count: 1, mode }), String(mode)).toThrow(/^mode must be/u);
  }
  for (const directory of ["", "relative", "/a\0b", 7 as never]) {
    expect(() => checkOptions({ count: 1, directory })).toThrow(TypeError);
  }
  checkOptions({ count: 32_767, mode: 0o666, directory: "/tmp" });
});
