import { expect, test } from "vitest";
import { verdictErrno } from "./verdict.ts";

test('verdictErrno() lets nothing and "continue" run', () => {
  expect(verdictErrno(undefined)).toBe(0);
  expect(verdictErrno("continue")).toBe(0);
});

test("verdictErrno() takes an error by its code and by its number", () => {
  expect(verdictErrno({ errno: "EACCES" })).toBe(13);
  expect(verdictErrno({ errno: 1 })).toBe(1);
});

test("verdictErrno() refuses what the program could not make sense of, and says what it was", () => {
  expect(() => verdictErrno("stop")).toThrow('a verdict is "continue" or { errno }, got stop');
  expect(() => verdictErrno(null)).toThrow(TypeError);
  expect(() => verdictErrno(true)).toThrow("got true");
  for (const errno of [0, -13, 512, 1.5, "EWHAT", undefined]) {
    expect(() => verdictErrno({ errno })).toThrow(`got ${String(errno)}`);
  }
});
