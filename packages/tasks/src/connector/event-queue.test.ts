import { expect, test } from "vitest";
import { EventQueue, MAX_QUEUED } from "./event-queue.ts";

function shiftAll(queue: EventQueue, count: number): number[] {
  const pids: number[] = [];
  for (let n = 0; n < count; n++) queue.shift((_what, pid) => pids.push(pid));
  return pids;
}

test("EventQueue gives back every field", () => {
  const queue = new EventQueue();
  expect(queue.reserve(1)).toBe(true);
  queue.push(0x8000_0000, 2, 3, 4, 0xffff_ffff, 2n ** 63n + 1n, 6, 7);
  expect(queue.timeNs).toBe(2n ** 63n + 1n);
  const told: unknown[] = [];
  queue.shift((...event) => told.push(...event));
  expect(told).toEqual([0x8000_0000, 2, 3, 4, 0xffff_ffff, 2n ** 63n + 1n, 6, 7]);
  expect(queue.length).toBe(0);
});

test("EventQueue keeps the order while it grows and while it is read", () => {
  const queue = new EventQueue();
  const told: number[] = [];
  let next = 0;
  for (let round = 0; round < 200; round++) {
    expect(queue.reserve(256)).toBe(true);
    for (let n = 0; n < 256; n++) queue.push(1, next++, 0, 0, 0, 0n, 0, 0);
    told.push(...shiftAll(queue, round % 3 === 0 ? queue.length : 100));
  }
  told.push(...shiftAll(queue, queue.length));
  expect(told).toEqual(Array.from({ length: next }, (_, n) => n));
});

test("EventQueue has no room beyond its limit, and has again once it was read", () => {
  const queue = new EventQueue();
  while (queue.reserve(4096)) for (let n = 0; n < 4096; n++) queue.push(1, n, 0, 0, 0, 0n, 0, 0);
  expect(queue.length).toBe(MAX_QUEUED);
  expect(shiftAll(queue, 4096)).toHaveLength(4096);
  expect(queue.reserve(4096)).toBe(true);
  expect(queue.reserve(4097)).toBe(false);
});
