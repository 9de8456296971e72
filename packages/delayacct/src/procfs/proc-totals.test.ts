import { expect, test } from "vitest";
import { MS } from "../watcher/fake-tasks.fixture.ts";
import type { Figures } from "../watcher/figures.ts";
import type { ProcLook } from "./proc-look.ts";
import { ProcTotals } from "./proc-totals.ts";

/** A look at process 10; CPU time of all its threads, in milliseconds, dead ones too. */
function look(cpuMs: bigint, threads: Record<number, Figures>, more: Partial<ProcLook> = {}) {
  return {
    ...{ pid: 10, startTicks: 5, isZombie: false, threadsLeftOut: 0, reasons: {} },
    process: { userNs: cpuMs * MS, systemNs: 0n },
    zombies: new Set<number>(),
    threads: new Map(Object.entries(threads).map(([tid, figures]) => [Number(tid), figures])),
    ...more,
  };
}

/** Of a thread: on a CPU, waiting for one, and alive, in milliseconds. */
function thread(onCpu: bigint, waitCpu: bigint, wall: bigint): Figures {
  return { onCpuNs: onCpu * MS, waitCpuNs: waitCpu * MS, wallNs: wall * MS };
}

test("Threads that nobody saw: their CPU time counts, their waits are missing", () => {
  const totals = new ProcTotals(5);
  totals.add(look(400n, { 10: thread(10n, 1n, 450n) }));
  expect(totals.figures()).toMatchObject({ onCpuNs: 400n * MS, wallNs: 840n * MS });
  expect(totals.figures()).not.toHaveProperty("waitCpuNs");
  expect(totals.reasons).toMatchObject({ waitCpuNs: "threads-missed" });
  expect(totals.hadThreads).toBe(true);
});

test("A few ticks are no thread", () => {
  const totals = new ProcTotals(5);
  totals.add(look(30n, { 10: thread(10n, 1n, 450n) }));
  expect(totals.figures()).toMatchObject({ onCpuNs: 10n * MS, waitCpuNs: 1n * MS });
  expect(totals.reasons).toEqual({});
  expect(totals.hadThreads).toBe(false);
});

test("A program run by a thread is counted once, and so is the first thread before it", () => {
  const totals = new ProcTotals(5);
  totals.add(look(1600n, { 10: thread(100n, 1n, 2000n), 11: thread(1500n, 9n, 1900n) }));
  // Thread 11 has the first one's id and start now.
  totals.add(look(1700n, { 10: thread(1600n, 9n, 3000n) }));
  expect(totals.figures()).toMatchObject({
    onCpuNs: 1700n * MS,
    waitCpuNs: 10n * MS,
    // 2000 of the first, and 2900 of the other.
    wallNs: 4900n * MS,
  });
  expect(totals.reasons).toEqual({});
});

test("A program run by the first thread: the others are gone", () => {
  const totals = new ProcTotals(5);
  totals.add(look(1600n, { 10: thread(100n, 1n, 2000n), 11: thread(1500n, 9n, 1900n) }));
  totals.add(look(1700n, { 10: thread(200n, 2n, 3000n) }));
  expect(totals.figures()).toMatchObject({ onCpuNs: 1700n * MS, wallNs: 4900n * MS });
});

test("A first thread that has ended itself ages no more", () => {
  const totals = new ProcTotals(5);
  const zombies = new Set([10]);
  for (const wall of [400n, 500n, 900n]) {
    totals.add(look(400n, { 10: thread(300n, 0n, wall), 11: thread(100n, 0n, wall) }, { zombies }));
  }
  expect(totals.figures()).toMatchObject({ wallNs: 1300n * MS });
});

test("Of too many threads only what the process has as a whole is there", () => {
  const totals = new ProcTotals(5);
  totals.add(look(400n, { 10: thread(10n, 1n, 450n) }, { threadsLeftOut: 1 }));
  expect(totals.figures()).toMatchObject({ onCpuNs: 400n * MS });
  expect(totals.figures()).not.toHaveProperty("wallNs");
  const reason = "too-many-threads";
  expect(totals.reasons).toMatchObject({ wallNs: reason, waitCpuNs: reason, blkioNs: reason });
  expect(totals.reasons).not.toHaveProperty("onCpuNs");
});

test("What was seen before is not missing", () => {
  const totals = new ProcTotals(5);
  totals.add(look(1n, {}, { process: { readBytes: 3n } }));
  totals.add(look(1n, {}, { reasons: { readBytes: "ended", writtenBytes: "ended" } }));
  expect(totals.figures().readBytes).toBe(3n);
  expect(totals.reasons).toEqual({ writtenBytes: "ended" });
});
