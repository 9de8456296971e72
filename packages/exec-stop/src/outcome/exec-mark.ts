import { readFileSync } from "node:fs";
import { errorCode } from "../call/proc-files.ts";

/** PF_FORKNOEXEC, include/linux/sched.h: forked and never run a program; the kernel clears it when an exec succeeds. */
const PF_FORKNOEXEC = 0x40;
/** ADDR_NO_RANDOMIZE, include/uapi/linux/personality.h. */
const ADDR_NO_RANDOMIZE = 0x0040000;

/** What of a task changes when an exec succeeds, and by nothing else. */
export interface ExecMark {
  /** Start of the thread, ticks of 1/100 s since boot: another one's means that the id was used again. */
  readonly startTicks: string;
  /** Whether it is a fork that has run no program yet. */
  readonly forkedOnly: boolean;
  /** Dead, and not waited for yet. */
  readonly isDead: boolean;
  /** Addresses the kernel chose for the program at its exec (/proc/PID/auxv); absent for a fork, or when we may not look. */
  readonly auxiliary?: string;
}

/** Reads it; undefined when the task is gone. */
export function readExecMark(pid: number): ExecMark | undefined {
  const stat = read(`${pid}/stat`);
  if (stat === undefined) return undefined;
  // man 5 proc_pid_stat: from field 3 on, behind the name.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const forkedOnly = (Number(fields[6]) & PF_FORKNOEXEC) !== 0;
  const isDead = fields[0] === "Z" || fields[0] === "X";
  const mark = { startTicks: fields[19] ?? "", forkedOnly, isDead };
  if (forkedOnly || isDead) return mark;
  const auxiliary = read(`${pid}/auxv`);
  return auxiliary === undefined || auxiliary === "" ? mark : { ...mark, auxiliary };
}

/** Whether a task's addresses are chosen at random at each exec, so that the same ones mean the same program. */
export function randomizes(pid: number): boolean {
  const personality = read(`${pid}/personality`);
  if (personality === undefined) return false;
  if ((Number.parseInt(personality, 16) & ADDR_NO_RANDOMIZE) !== 0) return false;
  return read("sys/kernel/randomize_va_space")?.trim() !== "0";
}

/** Number of the call that a task waits in; undefined when it runs, or when we may not look. */
export function callInProgress(pid: number): number | undefined {
  const line = read(`${pid}/syscall`);
  const number = line === undefined ? Number.NaN : Number.parseInt(line, 10);
  return Number.isNaN(number) ? undefined : number;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, "latin1");
  } catch (error) {
    errorCode(error);
    return undefined;
  }
}
