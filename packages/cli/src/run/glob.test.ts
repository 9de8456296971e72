import { expect, test } from "vitest";
import { globExpression } from "./glob.ts";

test.each([
  ["curl", "curl", true],
  ["curl", "curl7", false],
  ["cur*", "curl", true],
  ["*", "a/b", false],
  ["**", "a/b", true],
  ["/usr/**/gcc-?", "/usr/lib/x/gcc-9", true],
  ["/usr/*/gcc", "/usr/lib/x/gcc", false],
  ["gcc-[0-9]", "gcc-7", true],
  ["gcc-[!0-9]", "gcc-7", false],
  ["a[]]b", "a]b", true],
  ["a.b", "axb", false],
  [String.raw`a\*b`, "a*b", true],
  [String.raw`a\*b`, "axb", false],
  ["a[b", "a[b", true],
  ["a*c", "a\nc", true],
  ["a?c", "a\udcffc", true],
  ["(x)+$", "(x)+$", true],
])("globExpression(%j) of %j: %j", (pattern, text, matches) => {
  expect(globExpression(pattern).test(text)).toBe(matches);
});
