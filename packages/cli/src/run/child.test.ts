import { expect, test } from "vitest";
import { withInherited } from "./child.ts";

test("withInherited() keeps the numbers of descriptors, and the gaps between them", () => {
  expect(withInherited([0, 2, 2], [])).toEqual([0, 2, 2]);
  expect(withInherited([0, 1, 2], [3, 6])).toEqual([0, 1, 2, 3, "ignore", "ignore", 6]);
});
