import type { ExecEvent, ExitEvent, Task } from "@task-watchers/chain";
import { factsOf } from "../facts/event-facts.ts";
import { parseRecord } from "../record/parse-record.ts";
import type { ToldEvent } from "./told-event.ts";

const SECOND = 1_000_000_000n;

/** A process of that pid which began so many milliseconds after the clock did. */
export function processAt(pid: number, startMs: number): Task {
  const startNs = BigInt(startMs) * 1_000_000n;
  return { id: `${pid}.${startMs / 10}`, pid, tgid: pid, ppid: 1, startNs };
}

/** An exec that the chain tells of. */
export function execAt(ms: number, program = "/bin/true"): ExecEvent {
  const timeNs = BigInt(ms) * 1_000_000n;
  return { type: "exec", timeNs, exe: program, argv: [program], cwd: "/", cgroup: "/" };
}

export function exitAt(ms: number): ExitEvent {
  return { type: "exit", timeNs: BigInt(ms) * 1_000_000n, code: 0 };
}

let serial = 0;

/** What the kernel writes of a call, as it comes out of an assembler, the clocks being the same. */
export function callAt(ms: number, pid: number, call: string): ToldEvent {
  const stamp = `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, "0")}:${++serial}`;
  const record = parseRecord(1300, `audit(${stamp}): arch=c000003e ${call} pid=${pid} uid=0`);
  if (record === undefined) throw new Error(`no record at ${stamp}`);
  const event = {
    stamp: record.stamp,
    records: [record],
    partial: [],
    cutRecords: 0,
    cutBytes: 0,
  };
  const { seconds, milliseconds } = record.stamp;
  const fromNs = BigInt(seconds) * SECOND + BigInt(milliseconds) * 1_000_000n;
  return { event, facts: factsOf(event), fromNs };
}

export const EXEC = "syscall=59 success=yes exit=0";
export const FAILED_EXEC = "syscall=59 success=no exit=-2";
export const EXIT = "syscall=231 a0=0";
