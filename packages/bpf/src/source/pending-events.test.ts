import { expect, test } from "vitest";
import { PendingEvents } from "./pending-events.ts";

/** Pending events, and the pids of those told. */
function pending(): {
  queue: PendingEvents;
  told: number[];
  add: (pid: number, timeNs: bigint, written: number) => void;
} {
  const told: number[] = [];
  const queue = new PendingEvents((_what, pid) => void told.push(pid));
  return {
    queue,
    told,
    add: (pid, timeNs, written) => queue.add([4, pid, pid, 0, 0, timeNs, 0, 0], written),
  };
}

test("an event goes before the first record of a later time", () => {
  const { queue, told, add } = pending();
  add(1, 10n, 100);
  add(2, 20n, 100);
  queue.before(9n);
  expect(told).toEqual([]);
  queue.before(15n);
  expect(told).toEqual([1]);
  queue.before(20n);
  expect(told).toEqual([1, 2]);
  expect(queue.length).toBe(0);
});

test("an event is told once nothing can belong before it any more", () => {
  const { queue, told, add } = pending();
  add(1, 10n, 100);
  add(2, 20n, 200);
  queue.until(99);
  expect(told).toEqual([]);
  queue.until(100);
  expect(told).toEqual([1]);
  queue.until(1000);
  expect(told).toEqual([1, 2]);
});

test("what is too much is told early, and nothing is lost", () => {
  const { queue, told, add } = pending();
  for (let i = 0; i < 65_537; i++) add(i, 10n, 100);
  expect(told).toEqual([0]);
  queue.until(100);
  expect(told).toHaveLength(65_537);
});

test("a listener that adds, or clears, does no harm", () => {
  const told: number[] = [];
  const queue: PendingEvents = new PendingEvents((_what, pid) => {
    told.push(pid);
    if (pid === 1) queue.add([4, 2, 2, 0, 0, 5n, 0, 0], 0);
    if (pid === 2) queue.clear();
  });
  queue.add([4, 1, 1, 0, 0, 5n, 0, 0], 0);
  queue.before(5n);
  expect(told).toEqual([1, 2]);
  expect(queue.length).toBe(0);
});
