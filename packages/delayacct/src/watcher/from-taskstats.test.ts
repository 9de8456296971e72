import { expect, test } from "vitest";
import type { Delay, TaskStats } from "../taskstats/task-stats.ts";
import { arrivalOf } from "./from-taskstats.ts";
import { fromSeat } from "./task-delays.ts";
import { exitAt, fakeTask, S } from "./fake-tasks.fixture.ts";
import { RecordJoin } from "./record-join.ts";
import type { TaskDelays } from "./task-delays.ts";

const NONE: Delay = { count: 0n, totalNs: 0n };

/** A record with nothing in it but a thread that lived for a second. */
function stats(given: Partial<TaskStats> = {}): TaskStats {
  return {
    ...{ version: 16, comm: "test", waitStatus: 0, flags: 0, nice: 0, policy: 0, uid: 0, gid: 0 },
    ...{ pid: 10, ppid: 1, tgid: 10, startRealtimeS: 0n, elapsedNs: 1n * S },
    delays: {
      ...{ cpu: { count: 1n, totalNs: 3n }, blkio: NONE, swapin: NONE, freepages: NONE },
      ...{ thrashing: NONE, compact: NONE, wpcopy: NONE, irq: NONE },
    },
    ...{ cpuRunRealNs: 0n, cpuRunVirtualNs: 5n, cpuScaledRunRealNs: 0n, userNs: 1n, systemNs: 1n },
    ...{ userScaledNs: 0n, systemScaledNs: 0n, minorFaults: 0n, majorFaults: 0n, rssMiBUs: 0n },
    ...{ vmMiBUs: 0n, peakRssBytes: 4096n, peakVmBytes: 0n, readCharBytes: 0n, writeCharBytes: 0n },
    ...{ readSyscalls: 0n, writeSyscalls: 0n, readBytes: 0n, writeBytes: 0n },
    ...{ cancelledWriteBytes: 0n, voluntarySwitches: 1n, involuntarySwitches: 0n },
    tail: new Uint8Array(),
    ...given,
  };
}

interface Given {
  readonly task?: Partial<TaskStats>;
  readonly group?: Partial<TaskStats>;
  readonly wasOn?: boolean | undefined;
}

/** What one record makes of a process. */
function settled({ task, group, wasOn }: Given): TaskDelays | undefined {
  let told: TaskDelays | undefined;
  const join = new RecordJoin({
    graceMs: 200,
    drain: () => {},
    settled: (seat, exit, reason) => void (told = fromSeat(seat, exit, reason)),
  });
  const process = fakeTask(10, 1n * S);
  join.begin(process, false, wasOn);
  const record = { task: stats(task), isLast: true, cpu: 0 };
  join.record(arrivalOf({ ...record, ...(group && { group: stats(group) }) }, 2n * S));
  void join.exit(exitAt(2n * S), process);
  join.close();
  return told;
}

test("A record of a task that had delay accounting: a zero is a zero", () => {
  const { accounting } = settled({ wasOn: true }) ?? {};
  expect(accounting).toMatchObject({
    wallNs: S,
    onCpuNs: 5n,
    waitCpuNs: 3n,
    blkioNs: 0n,
    irqNs: 0n,
  });
  expect(accounting?.missing).toEqual({});
});

test("A record of a task that had none: zeros are absent, with the reason", () => {
  const off = settled({ wasOn: false })?.accounting;
  expect(off?.blkioNs).toBeUndefined();
  expect(off?.missing).toMatchObject({ blkioNs: "switched-off", wpcopyNs: "switched-off" });
  expect(off).toMatchObject({ onCpuNs: 5n, waitCpuNs: 3n });
  const unknown = settled({ wasOn: undefined })?.accounting;
  expect(unknown?.missing).toMatchObject({ blkioNs: "perhaps-switched-off" });
});

test("A wait that was counted proves that delay accounting was on", () => {
  const delays = { ...stats().delays, wpcopy: { count: 2n, totalNs: 9n } };
  const { accounting } = settled({ task: { delays }, wasOn: undefined }) ?? {};
  expect(accounting).toMatchObject({ wpcopyNs: 9n, blkioNs: 0n, missing: {} });
});

test("What the kernel's version does not have is absent", () => {
  const { cpu, blkio, swapin, freepages } = stats().delays;
  const delays = { cpu, blkio, swapin, freepages };
  const { accounting } = settled({ task: { version: 8, delays }, wasOn: true }) ?? {};
  expect(accounting?.missing).toMatchObject({ thrashingNs: "old-kernel", irqNs: "old-kernel" });
});

test("Before version 12 a record names no process: the first thread's is its process's", () => {
  const { tgid: _absent, ...old } = stats({ version: 8 });
  const arrival = arrivalOf({ task: old, isLast: false, cpu: 0 }, 2n * S);
  expect(arrival).toMatchObject({ pid: 10, tgid: 10, isLast: true });
});

test("A group's sum of a kernel before 2026 has its delays only: the rest is the record's", () => {
  const delays = { ...stats().delays, cpu: { count: 2n, totalNs: 30n } };
  const nothing = { elapsedNs: 0n, userNs: 0n, systemNs: 0n, voluntarySwitches: 0n };
  const group = { version: 0, ...nothing, cpuRunVirtualNs: 50n, delays };
  const { accounting } = settled({ group, wasOn: true }) ?? {};
  expect(accounting).toMatchObject({ onCpuNs: 50n, waitCpuNs: 30n });
  expect(accounting).toMatchObject({ wallNs: S, userNs: 1n, voluntarySwitches: 1n });
});

test("A file that was written and then truncated was not written", () => {
  const task = { writeBytes: 4096n, cancelledWriteBytes: 8192n };
  expect(settled({ task, wasOn: true })?.accounting.writtenBytes).toBe(0n);
});
