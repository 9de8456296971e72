import { expect, test } from "vitest";
import { isMissing } from "./task-event.ts";

test("isMissing() knows a fact that could not be had, whatever the fact's type", () => {
  expect(isMissing({ missing: "ENOENT" })).toBe(true);
  expect(["", "missing", [], ["missing"], undefined, null, 0].filter(isMissing)).toEqual([]);
});
