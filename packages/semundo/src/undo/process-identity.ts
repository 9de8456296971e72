import { readFileSync } from "node:fs";
import { isUnavailable, ProcReader } from "@task-watchers/linux/procfs";

/** One process of this boot; a reused pid has another start time. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time as /proc gives it, ticks of 1/100 s since boot. */
  readonly startTicks: number;
}

let reader: ProcReader | undefined;
let boot: string | undefined;

/** The process that has this pid now; undefined when there is none, or only what its parent has not reaped yet. */
export function identify(pid: number): ProcessIdentity | undefined {
  reader ??= new ProcReader();
  const stat = reader.stat(pid);
  if (isUnavailable(stat)) return undefined;
  const { state, numThreads, startTicks } = stat;
  // A first thread that has ended is shown as a zombie, too, while others of its process run.
  if ((state === "Z" || state === "X") && numThreads <= 1) return undefined;
  return { pid, startTicks };
}

/** Whether this very process still runs. Where /proc hides it from us, any process of that pid will do. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  const now = identify(pid);
  if (now !== undefined) return now.startTicks === startTicks;
  return isHidden(pid);
}

/** This process. */
export function ourselves(): ProcessIdentity {
  const identity = identify(process.pid);
  if (identity === undefined) throw new Error("/proc is needed, and does not show this process");
  return identity;
}

/** Changes with every boot. */
export function bootId(): string {
  boot ??= readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  return boot;
}

/** What the process runs: its arguments, or its name in brackets when it has none. Any text at all; absent when it is gone. */
export function commandOf(pid: number): readonly string[] | undefined {
  reader ??= new ProcReader();
  const cmdline = reader.cmdline(pid);
  if (!isUnavailable(cmdline)) return cmdline.argv;
  const stat = reader.stat(pid);
  return isUnavailable(stat) ? undefined : [`[${stat.comm}]`];
}

function isHidden(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM" && !isShown(pid);
  }
}

function isShown(pid: number): boolean {
  return reader !== undefined && !isUnavailable(reader.stat(pid));
}
