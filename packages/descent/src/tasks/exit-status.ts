import { readFileSync } from "node:fs";
import { clockOffsets } from "@task-watchers/linux/clock";
import type { FileDescriptor } from "@task-watchers/linux/file-descriptor";
import { pidfdExit, pidfdSendSignal } from "@task-watchers/linux/pidfd";
import { TICK_NS } from "@task-watchers/linux/procfs";
import { SyscallError } from "@task-watchers/linux/syscall-error";
import type { LiveProcess } from "./live-process.ts";

/** Wait status of a process, or why it is not to be had. */
export type ExitStatus = { readonly status: number } | { readonly missing: string };

/** Field of /proc/PID/stat, counted from the one after the name, state = 0: exit_code, 52 in man 5 proc_pid_stat. */
const EXIT_CODE = 49;
/** starttime, 22. */
const START = 19;
/** flags, 9. */
const FLAGS = 6;
/** include/linux/sched.h: stays on until the task is reaped. */
const PF_EXITING = 4;

/**
 * How a process ended, once it is in its exit: by the pidfd after it was reaped (since Linux 6.15), by /proc before, else by what
 * it asked for.
 *
 * @param timeNs when it ended, CLOCK_MONOTONIC
 * @returns undefined when it will be known later, once it was reaped
 */
export function exitStatus(process: LiveProcess, timeNs: bigint): ExitStatus | undefined {
  const { pidfd, asked } = process;
  const byPidfd = pidfd && pidfdExit(pidfd);
  if (byPidfd && "status" in byPidfd) return byPidfd;
  const byProc = dyingStatus(process.tgid, pidfd, timeNs);
  // 0 is also what those are told who may not look.
  if (byProc !== undefined && byProc !== 0) return { status: byProc };
  if (asked !== undefined) return { status: asked };
  if (byPidfd?.missing === "not-reaped") return undefined;
  return { missing: process.pidfdMissing ?? byPidfd?.missing ?? "unknown" };
}

/** The status in /proc of a process that is on its way out, or dead and not reaped. One that has got its pid since is neither. */
function dyingStatus(
  tgid: number,
  pidfd: FileDescriptor | undefined,
  timeNs: bigint,
): number | undefined {
  try {
    const line = readFileSync(`/proc/${tgid}/stat`, "latin1");
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    const status = Number(fields[EXIT_CODE]);
    const isDying = (Number(fields[FLAGS]) & PF_EXITING) !== 0;
    if (!isDying || !Number.isInteger(status)) return undefined;
    const isIt = pidfd ? isUnreaped(pidfd) : startNs(fields[START]) <= timeNs;
    return isIt ? status : undefined;
  } catch {
    return undefined;
  }
}

/** Then its pid was still its own at any look before. */
function isUnreaped(pidfd: FileDescriptor): boolean {
  try {
    pidfdSendSignal(pidfd, 0);
    return true;
  } catch (error) {
    return error instanceof SyscallError && error.code === "EPERM";
  }
}

/** @param ticks since boot */
function startNs(ticks: string | undefined): bigint {
  return BigInt(ticks ?? 0) * TICK_NS - clockOffsets().boottimeNs;
}
