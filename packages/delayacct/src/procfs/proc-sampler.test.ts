import type { Unavailable } from "@task-watchers/linux/procfs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeTask, S } from "../watcher/fake-tasks.fixture.ts";
import type { Figures } from "../watcher/figures.ts";
import { Budget } from "./budget.ts";
import type { ProcLook } from "./proc-look.ts";
import { ProcSampler } from "./proc-sampler.ts";

function fakeLook(pid: number, startTicks: number, threads: Record<number, Figures>): ProcLook {
  return {
    ...{
      pid,
      zombies: new Set<number>(),
      startTicks,
      isZombie: false,
      process: { minorFaults: BigInt(pid) },
      threadsLeftOut: 0,
    },
    threads: new Map(Object.entries(threads).map(([tid, figures]) => [Number(tid), figures])),
    reasons: {},
  };
}

function setUp(budget?: Budget) {
  const there = new Map<number, ProcLook | Unavailable>();
  let nowNs = 0n;
  const sampler = new ProcSampler({
    look: (pid) => there.get(pid) ?? { missing: "ENOENT" },
    now: () => nowNs,
    intervalMs: 500,
    ...(budget && { budget }),
  });
  return { there, sampler, at: (ns: bigint) => void (nowNs = ns) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("A task that was looked at, and is gone at its end, has what was seen last, and when", () => {
  const { there, sampler, at } = setUp();
  const task = fakeTask(10, 1n * S);
  sampler.begin(task);
  there.set(10, fakeLook(10, 100, { 10: { onCpuNs: 5n }, 11: { onCpuNs: 7n } }));
  at(2n * S);
  vi.advanceTimersByTime(500);
  // A thread ended: it counts as it was seen last.
  there.set(10, fakeLook(10, 100, { 10: { onCpuNs: 6n } }));
  at(3n * S);
  vi.advanceTimersByTime(500);
  there.delete(10);
  at(4n * S);
  const figures = { onCpuNs: 13n, minorFaults: 10n };
  expect(sampler.end(task)).toEqual({ figures, reasons: {}, asOfNs: 3n * S, hadThreads: true });
  expect(sampler.looks).toBe(2);
  sampler.close();
});

test("A task that was gone before any look is gone", () => {
  const { sampler } = setUp();
  const task = fakeTask(10, 1n * S);
  sampler.begin(task);
  expect(sampler.end(task)).toEqual({ missing: "gone" });
  sampler.close();
});

test("Another task with the same pid is not looked at in its stead", () => {
  const { there, sampler } = setUp();
  const task = fakeTask(10, 1n * S);
  sampler.begin(task);
  there.set(10, fakeLook(10, 400, { 10: { onCpuNs: 5n } }));
  expect(sampler.end(task)).toEqual({ missing: "gone" });
  sampler.close();
});

test("Looks that would take more than their part of a CPU are left out, and counted", () => {
  let nowMs = 0;
  // Every look takes 20 ms.
  const budget = new Budget(() => (nowMs += 20));
  const { there, sampler } = setUp(budget);
  const tasks = [10, 11, 12, 13, 14, 15].map((pid) => fakeTask(pid, 1n * S));
  for (const task of tasks) {
    there.set(task.pid, fakeLook(task.pid, 100, { [task.pid]: {} }));
    sampler.begin(task);
  }
  vi.advanceTimersByTime(500);
  expect(sampler.looks).toBe(3);
  expect(sampler.leftOut).toBe(1);
  const last = tasks.at(-1);
  expect(last && sampler.end(last)).toEqual({ missing: "overload" });
  sampler.close();
});
