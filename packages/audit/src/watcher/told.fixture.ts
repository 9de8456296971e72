import type { ExecEvent, ExecFailedNotice, ExitEvent, Task } from "@task-watchers/chain";
import type { AuditEvent, PartialReason } from "../assemble/audit-event.ts";
import type { AuditRecord } from "../record/audit-record.ts";
import { parseRecord } from "../record/parse-record.ts";
import { ToldEvent } from "./told-event.ts";

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

/** An exec that the chain tells of while the task stands still before it. */
export function stoppedAt(ms: number): ExecEvent {
  return { ...execAt(ms), stopped: true, source: "stop" };
}

/** That the one of then did not happen. */
export function failedAt(ms: number): ExecFailedNotice {
  const { timeNs, exe, argv } = execAt(ms);
  const facts = { path: exe, argv, certain: true, raised: true };
  return { type: "exec-failed", timeNs, pid: 5, ...facts };
}

export function exitAt(ms: number): ExitEvent {
  return { type: "exit", timeNs: BigInt(ms) * 1_000_000n, code: 0 };
}

let serial = 0;

/** An event of these records, as it comes out of an assembler, the clocks being the same. */
export function eventAt(
  ms: number,
  bodies: ReadonlyArray<readonly [type: number, body: string]>,
  partial: readonly PartialReason[] = [],
): ToldEvent {
  const stamp = `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, "0")}:${++serial}`;
  const records = bodies.map(([type, body]) => recordAt(type, `audit(${stamp}): ${body}`));
  const [first] = records;
  if (first === undefined) throw new Error("an event has records");
  const { seconds, milliseconds } = first.stamp;
  const fromNs = BigInt(seconds) * SECOND + BigInt(milliseconds) * 1_000_000n;
  return told({ stamp: first.stamp, records, partial, cutRecords: 0, cutBytes: 0 }, fromNs);
}

/** What the kernel writes of a call, and a name that it looked up. */
export function callAt(ms: number, pid: number, call: string, name?: string): ToldEvent {
  return eventAt(ms, [
    [1300, `arch=c000003e ${call} pid=${pid} uid=0`],
    ...(name === undefined ? [] : ([[1302, `item=0 name="${name}"`]] as const)),
  ]);
}

/** A part of that event which comes when the rest was told. */
export function latePartOf({ event, fromNs }: ToldEvent, type: number, body: string): ToldEvent {
  const { stamp } = event;
  const record = { type, stamp, body };
  return told({ stamp, records: [record], partial: ["late"], cutRecords: 0, cutBytes: 0 }, fromNs);
}

function told(event: AuditEvent, fromNs: bigint): ToldEvent {
  return new ToldEvent(event, fromNs);
}

function recordAt(type: number, text: string): AuditRecord {
  const record = parseRecord(type, text);
  if (record === undefined) throw new Error(`no record: ${text}`);
  return record;
}

export const EXEC = "syscall=59 success=yes exit=0";
export const FAILED_EXEC = "syscall=59 success=no exit=-2";
export const DENIED_EXEC = "syscall=59 success=no exit=-13";
export const EXIT = "syscall=231 a0=0";
