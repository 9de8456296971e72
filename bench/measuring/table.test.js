// @ts-check
import { expect, test } from "vitest";
import { tableText } from "./table.js";

test("tableText() puts names to the left and figures to the right, as wide as the widest", () => {
  const text = tableText([
    ["", "seconds", "of"],
    ["a long name", "1.5", "10"],
    ["b", "100.25", "3"],
  ]);
  expect(text.split("\n")).toEqual([
    "             seconds  of",
    "a long name      1.5  10",
    "b             100.25   3",
  ]);
});

test("tableText() leaves lines short that have fewer cells, and no blanks at their end", () => {
  expect(tableText([["name", "x"], ["title"], ["row", ""]])).toBe("name   x\ntitle\nrow");
});

test("tableText() of nothing is nothing", () => {
  expect(tableText([])).toBe("");
});
