import { readdirSync, readFileSync } from "node:fs";
import type { LiveTask } from "./live-tasks.ts";

/** What a task took, as /proc has it. Totals are of its life so far. */
export interface TaskFigures {
  /** CLOCK_MONOTONIC, nanoseconds: when it was looked at. */
  readonly timeNs: number;
  readonly cpuNs: number;
  /** Waiting for a CPU, and for block I/O where the kernel counts that; of many threads, of the first 64. */
  readonly waitNs: number;
  /** Bytes read from and written to storage; absent when /proc does not say it to us. */
  readonly ioBytes: number | undefined;
  readonly rssBytes: number;
  readonly threads: number;
  /** One letter: man 5 proc_pid_stat. */
  readonly state: string;
  /** Since the look before: parts of one CPU, parts of the time, bytes a second; absent at the first look. */
  readonly rates: TaskRates | undefined;
}

export interface TaskRates {
  readonly cpu: number;
  readonly wait: number;
  readonly ioBytesPerSecond: number | undefined;
}

/** A tick of /proc, USER_HZ: 1/100 s on every machine there is. */
const TICK_NS = 1e7;
const PAGE_BYTES = 4096;
/** Threads whose waits are looked at. */
const THREADS = 64;

/** Looks at a task; undefined when it is gone, or its pid is another's by now. */
export function lookAt(task: LiveTask, timeNs: number): TaskFigures | undefined {
  const { pid, tgid, id } = task;
  const path = pid === tgid ? `/proc/${pid}` : `/proc/${tgid}/task/${pid}`;
  const stat = read(`${path}/stat`);
  if (stat === undefined) return undefined;
  // man 5 proc_pid_stat; the name before may have anything in it. The third field is the first here.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const number = (field: number): number => Number(fields[field - 3] ?? 0);
  if (`${pid}.${fields[22 - 3]}` !== id) return undefined;
  const threads = pid === tgid ? number(20) : 1;
  const ticksNs = (number(14) + number(15)) * TICK_NS;
  const schedules = scheduled(path, threads);
  const now = {
    timeNs,
    // Ticks are coarse; the scheduler's own figure is exact, but of living threads only.
    cpuNs: threads === 1 ? Math.max(schedules.runNs, ticksNs - TICK_NS) : ticksNs,
    waitNs: schedules.waitNs + number(42) * TICK_NS,
    ioBytes: storageBytes(path),
    rssBytes: number(24) * PAGE_BYTES,
    threads,
    state: fields[0] ?? "?",
  };
  return { ...now, rates: ratesOf(task.figures, now) };
}

function ratesOf(
  before: TaskFigures | undefined,
  now: Omit<TaskFigures, "rates">,
): TaskRates | undefined {
  const elapsedNs = before === undefined ? 0 : now.timeNs - before.timeNs;
  if (before === undefined || elapsedNs <= 0) return undefined;
  const bytes =
    before.ioBytes === undefined || now.ioBytes === undefined
      ? undefined
      : Math.max(0, now.ioBytes - before.ioBytes);
  return {
    cpu: Math.max(0, now.cpuNs - before.cpuNs) / elapsedNs,
    wait: Math.max(0, now.waitNs - before.waitNs) / elapsedNs,
    ioBytesPerSecond: bytes === undefined ? undefined : (bytes * 1e9) / elapsedNs,
  };
}

/** Time on a CPU and waiting for one: Documentation/scheduler/sched-stats.rst. */
function scheduled(path: string, threads: number): { runNs: number; waitNs: number } {
  const paths = threads > 1 ? threadPaths(path) : [path];
  const sum = { runNs: 0, waitNs: 0 };
  for (const thread of paths) {
    const [runNs = "0", waitNs = "0"] = (read(`${thread}/schedstat`) ?? "").split(" ");
    sum.runNs += Number(runNs);
    sum.waitNs += Number(waitNs);
  }
  return sum;
}

function threadPaths(path: string): string[] {
  try {
    return readdirSync(`${path}/task`)
      .slice(0, THREADS)
      .map((tid) => `${path}/task/${tid}`);
  } catch {
    return [];
  }
}

/** man 5 proc_pid_io; only for who may trace the task. */
function storageBytes(path: string): number | undefined {
  const text = read(`${path}/io`);
  const [, readBytes, writtenBytes] =
    /^read_bytes: (\d+)\nwrite_bytes: (\d+)$/mu.exec(text ?? "") ?? [];
  return readBytes === undefined ? undefined : Number(readBytes) + Number(writtenBytes);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
