import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RecordMerge } from "./merge.ts";
import type { PerfRecord } from "./record.ts";

function at(timeNs: bigint, pid = 1): PerfRecord {
  return { type: "throttle", timeNs, pid, tid: pid };
}

test("RecordMerge tells in order of time what is not younger, and keeps the rest", () => {
  const told: bigint[] = [];
  const merge = new RecordMerge(({ timeNs }) => void told.push(timeNs));
  for (const [ring, times] of [
    [5n, 9n],
    [2n, 7n],
  ].entries()) {
    for (const timeNs of times) merge.add(at(timeNs), ring);
  }
  merge.tellUntil(7n);
  expect(told).toEqual([2n, 5n, 7n]);
  expect(merge.waiting).toBe(1);
  merge.tellUntil(100n);
  expect(told).toEqual([2n, 5n, 7n, 9n]);
  expect(merge.late).toBe(0);
});

test("RecordMerge keeps the order in which one ring told of one instant", () => {
  const told: number[] = [];
  const merge = new RecordMerge(({ pid }) => void told.push(pid));
  for (const pid of [1, 2, 3, 4]) merge.add(at(5n, pid), 1);
  merge.tellUntil(5n);
  expect(told).toEqual([1, 2, 3, 4]);
});

test("RecordMerge counts what comes too late, and tells it", () => {
  const told: bigint[] = [];
  const merge = new RecordMerge(({ timeNs }) => void told.push(timeNs));
  merge.add(at(5n), 0);
  merge.tellUntil(5n);
  merge.add(at(4n), 1);
  merge.tellUntil(5n);
  expect(told).toEqual([5n, 4n]);
  expect(merge.late).toBe(1);
});

test("RecordMerge tells everything once, whatever the order", () => {
  const step = fc.record({ timeNs: fc.bigInt(0n, 50n), until: fc.option(fc.bigInt(0n, 50n)) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const told: bigint[] = [];
      const merge = new RecordMerge(({ timeNs }) => void told.push(timeNs));
      for (const { timeNs, until } of steps) {
        merge.add(at(timeNs), Number(timeNs % 3n));
        if (until !== null) merge.tellUntil(until);
      }
      merge.tellUntil(50n);
      const sort = (times: bigint[]): bigint[] => times.toSorted((a, b) => Number(a - b));
      expect(sort(told)).toEqual(sort(steps.map(({ timeNs }) => timeNs)));
    }),
  );
});

test("RecordMerge tells rings that are in order in one order, however many wait", () => {
  const ring = fc.array(fc.bigInt(0n, 500n), { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(ring, { maxLength: 5 }), fc.bigInt(0n, 500n), (rings, untilNs) => {
      const told: bigint[] = [];
      const merge = new RecordMerge(({ timeNs }) => void told.push(timeNs));
      for (const [number, times] of rings.entries()) {
        for (const timeNs of times.sort((a, b) => Number(a - b))) merge.add(at(timeNs), number);
      }
      merge.tellUntil(untilNs);
      expect(told.every((timeNs) => timeNs <= untilNs)).toBe(true);
      merge.tellUntil(500n);
      expect(told).toEqual(rings.flat().sort((a, b) => Number(a - b)));
      expect(merge).toMatchObject({ late: 0, waiting: 0 });
    }),
  );
});

test("RecordMerge lets go of what it has told", () => {
  const merge = new RecordMerge(() => {});
  for (let n = 0n; n < 5000n; n++) {
    merge.add(at(n), 0);
    merge.tellUntil(n - 10n);
  }
  expect(merge.waiting).toBe(10);
});
