import { expect, test } from "vitest";
import { Duplicates } from "./duplicates.ts";
import type { PerfRecord } from "@task-watchers/perf";

function sample(tid: number, cpu: number, event: bigint): PerfRecord {
  const rest = { timeNs: 1n, pid: 1, period: 1, mode: "user", ip: 1n } as const;
  return { type: "sample", tid, cpu, event, ...rest, chain: new BigUint64Array() };
}

test("Duplicates lets one event count for a thread on a CPU", () => {
  const duplicates = new Duplicates();
  expect(duplicates.has(sample(5, 0, 10n))).toBe(false);
  expect(duplicates.has(sample(5, 0, 20n))).toBe(true);
  expect(duplicates.has(sample(5, 0, 10n))).toBe(false);
  expect(duplicates.has(sample(5, 1, 20n))).toBe(false);
  expect(duplicates.has(sample(6, 0, 20n))).toBe(false);
});

test("Duplicates begins anew when a thread has ended", () => {
  const duplicates = new Duplicates();
  duplicates.has(sample(5, 0, 10n));
  const exit = { type: "exit", pid: 5, tid: 5, ppid: 1, ptid: 1, timeNs: 2n } as const;
  expect(duplicates.has(exit)).toBe(false);
  expect(duplicates.has(sample(5, 0, 20n))).toBe(false);
});
