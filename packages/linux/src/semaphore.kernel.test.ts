// Needs of the kernel: System V semaphores, for any user.
import { kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import {
  changeSemaphoreOwner,
  createSemaphores,
  errnoName,
  findSemaphores,
  interruptThread,
  operateSemaphores,
  packSemaphoreSteps,
  readSemaphoreLimits,
  readSemaphoreTable,
  removeSemaphores,
  semaphoreLastPid,
  semaphoreStatus,
  semaphoreValue,
  semaphoreValues,
  semaphoreWaiters,
  semaphoreZeroWaiters,
  setSemaphoreValue,
  setSemaphoreValues,
  threadId,
  waitForSemaphores,
} from "./index.ts";

const NOW = { undo: false, wait: false };
const WAIT = { undo: false, wait: true };

function withSet(count: number, body: (id: number) => void): void {
  const id = createSemaphores(count, 0o600);
  try {
    body(id);
  } finally {
    removeSemaphores(id);
  }
}

kernelTest("operateSemaphores() makes all steps or none", [], () => {
  withSet(2, (id) => {
    setSemaphoreValues(id, Uint16Array.of(3, 0));
    const both = [
      { semaphore: 0, change: -1 },
      { semaphore: 1, change: -1 },
    ];
    expect(operateSemaphores(id, packSemaphoreSteps(both, NOW))).toBe(false);
    expect([...semaphoreValues(id, 2)]).toEqual([3, 0]);
    setSemaphoreValue(id, 1, 1);
    expect(operateSemaphores(id, packSemaphoreSteps(both, NOW))).toBe(true);
    expect([...semaphoreValues(id, 2)]).toEqual([2, 0]);
    expect(semaphoreLastPid(id, 1)).toBe(process.pid);
    expect([semaphoreWaiters(id, 0), semaphoreZeroWaiters(id, 0)]).toEqual([0, 0]);
  });
});

kernelTest("waitForSemaphores() ends with its time, or makes the steps", [], () => {
  withSet(1, (id) => {
    const take = packSemaphoreSteps([{ semaphore: 0, change: -1 }], WAIT);
    expect(waitForSemaphores(id, take, 1.5)).toBe("timeout");
    setSemaphoreValue(id, 0, 1);
    expect(waitForSemaphores(id, take, 0)).toBe("done");
    expect(semaphoreValue(id, 0)).toBe(0);
  });
});

kernelTest("semaphoreStatus() and the table of /proc tell the same", [], () => {
  withSet(3, (id) => {
    changeSemaphoreOwner(id, { uid: process.getuid?.() ?? 0, gid: 7, mode: 0o640 });
    operateSemaphores(id, packSemaphoreSteps([{ semaphore: 0, change: 1 }], NOW));
    const { operatedAt, changedAt, count, ...status } = semaphoreStatus(id);
    expect(status).toMatchObject({ key: 0, gid: 7, mode: 0o640 });
    expect(readSemaphoreTable()).toContainEqual({
      ...status,
      id,
      count: Number(count),
      operatedAt: Number(operatedAt),
      changedAt: Number(changedAt),
    });
    expect(count).toBe(3n);
    expect(operatedAt).toBeGreaterThan(0n);
  });
});

kernelTest("readSemaphoreLimits() counts a set of ours among those there are", [], () => {
  withSet(5, () => {
    const limits = readSemaphoreLimits();
    expect(limits.sets).toBeGreaterThanOrEqual(1);
    expect(limits.semaphores).toBeGreaterThanOrEqual(5);
    expect(limits.maxPerSet).toBeGreaterThanOrEqual(5);
    expect(limits.maxSteps).toBeGreaterThanOrEqual(1);
    expect(limits.maxValue).toBe(32_767);
  });
});

kernelTest("refusals name the call, the code and what helps", [], () => {
  const gone = createSemaphores(1, 0o600);
  removeSemaphores(gone);
  expect(() => semaphoreValue(gone, 0)).toThrow(/^semctl: EINVAL: no such set/u);
  const hint = expect.stringContaining("can be made") as string;
  const key = 0x7e57_0000 + (process.pid & 0xffff);
  expect(() => findSemaphores(key, 0)).toThrow(expect.objectContaining({ code: "ENOENT", hint }));
  expect(errnoName(43)).toBe("EIDRM");
  withSet(1, (id) => {
    const far = packSemaphoreSteps([{ semaphore: 1, change: 1 }], NOW);
    expect(() => operateSemaphores(id, far)).toThrow(expect.objectContaining({ code: "EFBIG" }));
    const high = () => setSemaphoreValue(id, 0, 32_768);
    expect(high).toThrow(expect.objectContaining({ code: "ERANGE" }));
  });
});

kernelTest("interruptThread() harms nobody, and tells of a thread that is not there", [], () => {
  expect(interruptThread(threadId())).toBe(true);
  expect(interruptThread(0x3fff_ffff)).toBe(false);
});
