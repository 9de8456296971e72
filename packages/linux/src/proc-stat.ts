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

const NEWLINE = 0x0a;
const SPACE = 0x20;
const MINUS = 0x2d;
const ZERO = 0x30;

/**
 * Reads the numbers where they stand: whoever looks at all processes asks this for thousands of them, and a text for each of the
 * fields would be most of the memory that takes.
 *
 * @throws RangeError when the text is not a stat line or is cut off before the start time
 */
export function parseStat(data: Uint8Array): ProcStat {
  // The name may hold anything, a closing parenthesis included: the last one ends it.
  const open = data.indexOf(0x28);
  const close = data.lastIndexOf(0x29);
  if (open < 0 || close < open) throw malformed(data);
  const from = close + 2;
  // Field numbers of the man page; a space stands before each.
  let number = 3;
  let end = fieldEnd(data, from);
  const state = end - from === 1 ? String.fromCharCode(data[from] ?? 0) : "?";
  const field = (wanted: number): number => {
    let begin = end + 1;
    for (; ++number < wanted; begin = end + 1) end = fieldEnd(data, begin);
    end = fieldEnd(data, begin);
    return integer(data, begin, end);
  };
  const stat = {
    pid: integer(data, 0, data[open - 1] === SPACE ? open - 1 : open),
    comm: decodeText(data.subarray(open + 1, close)),
    state,
    ppid: field(4),
    pgrp: field(5),
    session: field(6),
    utimeTicks: field(14),
    stimeTicks: field(15),
    numThreads: field(20),
    startTicks: field(22),
  };
  // The start time is whole only when something follows it.
  const next = data[end + 1] ?? NEWLINE;
  if (next === NEWLINE || next === SPACE) throw malformed(data);
  return stat;
}

/** Where a field ends that begins there. */
function fieldEnd(data: Uint8Array, from: number): number {
  const end = data.indexOf(SPACE, from);
  return end < 0 ? data.length : end;
}

function integer(data: Uint8Array, from: number, to: number): number {
  const digits = data[from] === MINUS ? from + 1 : from;
  if (digits >= to) throw malformed(data);
  let value = 0;
  for (let at = digits; at < to; at++) {
    const digit = (data[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) throw malformed(data);
    value = value * 10 + digit;
  }
  return digits === from ? value : -value;
}

function malformed(data: Uint8Array): RangeError {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("latin1").trim();
  return new RangeError(`Cannot parse /proc/PID/stat: ${JSON.stringify(text.slice(0, 80))}`);
}
