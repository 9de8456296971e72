import { expect, test } from "vitest";
import type { Delay, TaskStats } from "../taskstats/task-stats.ts";
import { arrivalOf } from "./from-taskstats.ts";
import type { Switched } from "./switch-watch.ts";
import { fromSeat } from "./task-delays.ts";
import { exitAt, fakeTask, FORKED, MS, S } from "./fake-tasks.fixture.ts";
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

/** In a queue that was empty a moment before. */
const QUEUED = { emptyNs: 2n * S - 5n * MS, readNs: 2n * S };

interface Given {
  readonly task?: Partial<TaskStats>;
  readonly group?: Partial<TaskStats>;
  readonly switched?: Switched;
}

/** What one record makes of a process. */
function settled({ task, group, switched = "unknown" }: Given): TaskDelays | undefined {
  let told: TaskDelays | undefined;
  const join = new RecordJoin({
    graceMs: 200,
    drain: () => {},
    now: () => 0n,
    pidRoundNs: 250n * MS,
    settled: (seat, exit, reason) => void (told = fromSeat(seat, exit, { reason, switched })),
  });
  const process = fakeTask(10, 1n * S);
  join.begin(process, FORKED);
  const record = { task: stats(task), isLast: true, cpu: 0, ...QUEUED };
  join.record(arrivalOf({ ...record, ...(group && { group: stats(group) }) }, 0n));
  void join.exit(exitAt(2n * S), process);
  join.close();
  return told;
}

test("A record of a task that had delay accounting: a zero is a zero", () => {
  const { accounting } = settled({ switched: "on" }) ?? {};
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
  const off = settled({ switched: "off" })?.accounting;
  expect(off?.blkioNs).toBeUndefined();
  expect(off?.missing).toMatchObject({ blkioNs: "switched-off", wpcopyNs: "switched-off" });
  expect(off).toMatchObject({ onCpuNs: 5n, waitCpuNs: 3n });
  const unknown = settled({ switched: "unknown" })?.accounting;
  expect(unknown?.missing).toMatchObject({ blkioNs: "perhaps-switched-off" });
});

test("A wait that was counted proves that delay accounting was on", () => {
  const delays = { ...stats().delays, wpcopy: { count: 2n, totalNs: 9n } };
  const { accounting } = settled({ task: { delays }, switched: "unknown" }) ?? {};
  expect(accounting).toMatchObject({ wpcopyNs: 9n, blkioNs: 0n, missing: {} });
});

test("What the kernel's version does not have is absent", () => {
  const { cpu, blkio, swapin, freepages } = stats().delays;
  const delays = { cpu, blkio, swapin, freepages };
  const { accounting } = settled({ task: { version: 8, delays }, switched: "on" }) ?? {};
  expect(accounting?.missing).toMatchObject({ thrashingNs: "old-kernel", irqNs: "old-kernel" });
});

test("Before version 12 a record names no process: the first thread's is its process's", () => {
  const { tgid: _absent, ...old } = stats({ version: 8 });
  const arrival = arrivalOf({ task: old, isLast: false, cpu: 0, ...QUEUED }, 0n);
  expect(arrival).toMatchObject({ pid: 10, tgid: 10, isLast: true });
});

test("A group's sum of a kernel before 2026 has its delays only: the rest is the record's", () => {
  const delays = { ...stats().delays, cpu: { count: 2n, totalNs: 30n } };
  const nothing = { elapsedNs: 0n, userNs: 0n, systemNs: 0n, voluntarySwitches: 0n };
  const group = { version: 0, ...nothing, cpuRunVirtualNs: 50n, delays };
  const { accounting } = settled({ group, switched: "on" }) ?? {};
  expect(accounting).toMatchObject({ onCpuNs: 50n, waitCpuNs: 30n });
  expect(accounting).toMatchObject({ wallNs: S, userNs: 1n, voluntarySwitches: 1n });
});

test("A file that was written and then truncated was not written", () => {
  const task = { writeBytes: 4096n, cancelledWriteBytes: 8192n };
  expect(settled({ task, switched: "on" })?.accounting.writtenBytes).toBe(0n);
});

test("A record has the second in which it was made, unless the wall clock was set", () => {
  const base = { isLast: true, cpu: 0, emptyNs: 1n * S, readNs: 9n * S };
  // Began 3.5 s after the machine did, and lived for 1.7 s.
  const task = stats({ startRealtimeS: 1004n, elapsedNs: 1_700_000_000n });
  expect(arrivalOf({ ...base, task }, 1000n * S)).toMatchObject({
    madeFromNs: 5n * S - 20n * MS,
    madeToNs: 6n * S + 20n * MS,
  });
  const set = arrivalOf({ ...base, task }, 7000n * S);
  expect(set).toMatchObject({ madeFromNs: 1n * S, madeToNs: 9n * S });
});

test("What was counted while the switch was turned off on the way is not all", () => {
  const { cpu, ...rest } = stats().delays;
  const delays = { cpu, ...rest, blkio: { count: 1n, totalNs: 7n } };
  const { accounting } = settled({ task: { delays }, switched: "changed" }) ?? {};
  expect(accounting?.blkioNs).toBeUndefined();
  expect(accounting?.missing).toMatchObject({ blkioNs: "perhaps-switched-off" });
});
