import { parseStat } from "@task-watchers/linux/procfs";
import { readFileSync } from "node:fs";

/** A process that holds something of the host's, such that a later one with its pid is not taken for it. */
export interface Holder {
  readonly pid: number;
  /** When it started, ticks of 1/100 s since boot: field 22 of /proc/PID/stat. */
  readonly startTicks: number;
}

/** This process. */
export function self(): Holder {
  const startTicks = startOf(process.pid);
  if (startTicks !== undefined) return { pid: process.pid, startTicks };
  throw new Error(`/proc/${process.pid}/stat cannot be read: /proc is not mounted`);
}

/** Whether it is still there. A zombie is not: it holds nothing any more. */
export function isAlive(holder: Holder): boolean {
  return startOf(holder.pid) === holder.startTicks;
}

export function isSameHolder(left: Holder, right: Holder): boolean {
  return left.pid === right.pid && left.startTicks === right.startTicks;
}

/** Undefined when no process has this pid. */
function startOf(pid: number): number | undefined {
  try {
    const { startTicks, state } = parseStat(readFileSync(`/proc/${pid}/stat`));
    return state === "Z" || state === "X" ? undefined : startTicks;
  } catch {
    return undefined;
  }
}
