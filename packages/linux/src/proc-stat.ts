import { decodeText } from "./text.ts";

/**
 * Clock ticks a second in everything /proc reports (USER_HZ). The kernel's own HZ may differ; this unit is part of the
 * user-space interface and 100 on every architecture Node.js runs on (man 5 proc, sysconf(_SC_CLK_TCK)).
 */
export const USER_HZ = 100;
/** Nanoseconds in one such tick. */
export const TICK_NS = 10_000_000n;

/** What /proc/PID/stat says of a process, or /proc/PID/task/TID/stat of a thread (man 5 proc_pid_stat). */
export interface ProcStat {
  readonly pid: number;
  /** Command name, at most 15 bytes; may hold spaces, parentheses, newlines. See `decodeText` for odd bytes. */
  readonly comm: string;
  /** One letter: R running, S sleeping, D disk sleep, Z zombie, T stopped, t traced, I idle, X dead. */
  readonly state: string;
  /** Parent's process id; 0 for init, for kernel threads' root and for a parent outside the pid namespace. */
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  /** User and system time so far, ticks of 1/100 s. */
  readonly utimeTicks: number;
  readonly stimeTicks: number;
  readonly numThreads: number;
  /** Start time since boot (CLOCK_BOOTTIME), ticks of 1/100 s. */
  readonly startTicks: number;
}

/** @throws RangeError when the text is not a stat line or is cut off before the start time */
export function parseStat(data: Uint8Array): ProcStat {
  // The name may hold anything, a closing parenthesis included: the last one ends it.
  const open = data.indexOf(0x28);
  const close = data.lastIndexOf(0x29);
  if (open < 0 || close < open) throw malformed(data);
  const fields = ascii(data.subarray(close + 2)).split(" ");
  // Field 22, the start time, is whole only when something follows it.
  if (fields.length < 21) throw malformed(data);
  const integer = (text: string): number => {
    if (!/^-?\d+$/u.test(text)) throw malformed(data);
    return Number(text);
  };
  // Field numbers of the man page less 3, as the list begins with field 3, state.
  const field = (number: number): number => integer(fields[number - 3] ?? "");
  return {
    pid: integer(ascii(data.subarray(0, open))),
    comm: decodeText(data.subarray(open + 1, close)),
    state: fields[0] ?? "?",
    ppid: field(4),
    pgrp: field(5),
    session: field(6),
    utimeTicks: field(14),
    stimeTicks: field(15),
    numThreads: field(20),
    startTicks: field(22),
  };
}

function ascii(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("latin1").trim();
}

function malformed(data: Uint8Array): RangeError {
  return new RangeError(`Cannot parse /proc/PID/stat: ${JSON.stringify(ascii(data).slice(0, 80))}`);
}
