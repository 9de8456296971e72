// @ts-check
/** What is shown of many measurements. */
import { median } from "../dispatch/statistics.js";

export { median, quantile, spread } from "../dispatch/statistics.js";

/** @param {readonly number[]} values */
export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @typedef {{ readonly middle: number, readonly least: number, readonly most: number }} Range */

/** Median, least and most. @param {readonly number[]} values @returns {Range} */
export function range(values) {
  return { middle: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** @param {Range} range @param {number} digits */
export function rangeText({ middle, least, most }, digits) {
  return `${middle.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}
