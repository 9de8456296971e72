// @ts-check
import { expect, test } from "vitest";
import { mean, median, quantile, range, rangeText, spread } from "./statistics.js";

test("mean() and median() differ where one value is far off", () => {
  expect(mean([1, 2, 9])).toBe(4);
  expect(median([9, 1, 2])).toBe(2);
});

test("median() of an even number is between the two in the middle", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test("quantile() goes from the least to the most, and between two of them by part", () => {
  const values = [30, 10, 20, 40, 50];
  expect(quantile(values, 0)).toBe(10);
  expect(quantile(values, 1)).toBe(50);
  expect(quantile(values, 0.125)).toBe(15);
  expect(values[0]).toBe(30);
});

test("spread() is the middle half as a part of the median, 0 where all agree", () => {
  expect(spread([5, 5, 5])).toBe(0);
  expect(spread([10, 20, 30, 40, 50])).toBeCloseTo(20 / 30);
});

test("rangeText() shows the median between the least and the most", () => {
  expect(rangeText(range([1.0041, 0.998, 1.02]), 3)).toBe("1.004 (0.998–1.020)");
});
