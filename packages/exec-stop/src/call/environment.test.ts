import { expect, test } from "vitest";
import { environmentChanges } from "./environment.ts";

test("environmentChanges() tells what is new, another, and gone", () => {
  const before = ["HOME=/root", "TERM=xterm", "EMPTY="];
  const after = ["HOME=/tmp", "EMPTY=", "A=b=c"];
  expect(environmentChanges(before, after)).toEqual({
    set: { HOME: "/tmp", A: "b=c" },
    unset: ["TERM"],
  });
});

test("environmentChanges() goes by the first of several, and leaves out what is no variable", () => {
  expect(environmentChanges(["A=1", "A=2"], ["A=1", "A=3", "nonsense"])).toEqual({
    set: {},
    unset: [],
  });
});

test("environmentChanges() keeps a variable called __proto__", () => {
  expect(Object.entries(environmentChanges([], ["__proto__=x"]).set)).toEqual([["__proto__", "x"]]);
});
