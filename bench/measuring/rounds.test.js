// @ts-check
import { expect, test } from "vitest";
import { orderOfRound, referenceAt } from "./rounds.js";

const NAMES = ["none", "a", "b", "c", "d", "e"];

test("orderOfRound() begins and ends with the reference, and has it after every few others", () => {
  const order = orderOfRound(NAMES, "none", 0, 2);
  expect(order).toEqual(["none", "a", "b", "none", "c", "d", "none", "e", "none"]);
});

test("orderOfRound() does not measure the reference twice in a row at the end", () => {
  expect(orderOfRound(["none", "a", "b"], "none", 0, 2)).toEqual(["none", "a", "b", "none"]);
});

test("orderOfRound() puts the others elsewhere in every round, and leaves none out", () => {
  const orders = [0, 1, 2, 3].map((round) => orderOfRound(NAMES, "none", round, 2));
  expect(new Set(orders.map((order) => order[1])).size).toBe(4);
  for (const order of orders) expect([...new Set(order)].sort()).toEqual([...NAMES].sort());
});

test("referenceAt() is between the one before and the one after, by time", () => {
  const references = [
    { atMs: 0, value: 10 },
    { atMs: 100, value: 20 },
    { atMs: 200, value: 0 },
  ];
  expect(referenceAt(references, 25)).toBe(12.5);
  expect(referenceAt(references, 100)).toBe(20);
  expect(referenceAt(references, 150)).toBe(10);
});

test("referenceAt() takes the nearest where there is none on the other side", () => {
  const references = [{ atMs: 50, value: 7 }];
  expect(referenceAt(references, 0)).toBe(7);
  expect(referenceAt(references, 90)).toBe(7);
});

test("referenceAt() refuses to compare with nothing", () => {
  expect(() => referenceAt([], 0)).toThrow("no measurement to compare with");
});
