import { expect, test } from "vitest";
import { Fifo } from "./fifo.ts";

test("Fifo gives in the order in which it got, however the two alternate", () => {
  const fifo = new Fifo<number>();
  const got: (number | undefined)[] = [];
  let next = 0;
  for (let round = 1; round <= 50; round++) {
    for (let i = 0; i < round; i++) fifo.push(next++);
    for (let i = 0; i < round - 1; i++) got.push(fifo.shift());
  }
  while (fifo.size > 0) {
    expect(fifo.oldest).toBe(got.length);
    got.push(fifo.shift());
  }
  expect(got).toEqual(Array.from({ length: next }, (_, i) => i));
  expect(fifo.shift()).toBeUndefined();
});
