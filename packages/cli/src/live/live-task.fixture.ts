import { type Beginning, LiveTasks } from "./live-tasks.ts";
import { type Snapshot, snapshotOf } from "./snapshot.ts";

export const SECOND = 1_000_000_000n;

/** A task that begins at second 1. */
export function beginning(pid: number, ppid: number, more: Partial<Beginning> = {}): Beginning {
  return {
    id: `${pid}.1`,
    pid,
    tgid: pid,
    ppid,
    startNs: SECOND,
    command: `command ${pid}`,
    euid: 0,
    parentId: undefined,
    existing: false,
    ...more,
  };
}

/** Tasks by pid and parent's pid. */
export function tasksOf(...pairs: readonly (readonly [pid: number, ppid: number])[]): LiveTasks {
  const tasks = new LiveTasks();
  for (const [pid, ppid] of pairs) tasks.began(beginning(pid, ppid));
  return tasks;
}

/** Parts of a CPU that a task has now. */
export function busy(tasks: LiveTasks, pid: number, cpu: number, ioBytesPerSecond = 0): void {
  const task = tasks.get(`${pid}.1`);
  if (!task) throw new Error(`there is no ${pid}`);
  const totals = {
    timeNs: 0,
    cpuNs: 0,
    waitNs: 0,
    ioBytes: 0,
    rssBytes: 0,
    threads: 1,
    state: "R",
  };
  task.figures = { ...totals, rates: { cpu, wait: 1 - cpu, ioBytesPerSecond } };
}

export function end(tasks: LiveTasks, pid: number, atNs: bigint, hasFailed = false): void {
  const text = hasFailed ? "1" : "0";
  tasks.ended(`${pid}.1`, { timeNs: atNs, durationNs: atNs - SECOND, text, hasFailed });
}

export function at(tasks: LiveTasks, seconds: number): Snapshot {
  const rates = { forks: 0, execs: 0, exits: 0 };
  return snapshotOf(tasks, BigInt(Math.round(seconds * 1e9)), rates);
}
