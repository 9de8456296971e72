import { expect, test } from "vitest";
import { formatNs, formatPart } from "./format.ts";

test("formatNs() gives three digits, of the unit that they round to", () => {
  expect([0, 12, 1500, 999_999_990, 999_400_000, 1_234_000_000, 600e9].map(formatNs)).toEqual([
    ...["0", "12.0 ns", "1.50 µs", "1.00 s", "999 ms", "1.23 s", "10.0 min"],
  ]);
});

test("formatPart() never says that there is nothing where there is some", () => {
  expect(formatPart(1, 10_000)).toBe("< 0.1 %");
  expect(formatPart(0, 10_000)).toBe("0.0 %");
  expect(formatPart(1, 3)).toBe("33.3 %");
  expect(formatPart(0, 0)).toBe("");
});
