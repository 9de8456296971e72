import { expect, test } from "vitest";
import { errorText } from "./error-text.ts";

test.each([
  [new Error("disk full"), "disk full"],
  ["thrown text", "thrown text"],
  [undefined, "undefined"],
  [Symbol("s"), "Symbol(s)"],
  [Object.create(null), "an error that cannot be printed"],
])("errorText() gives a text for %o", (error, text) => {
  expect(errorText(error)).toBe(text);
});
