import { decodeText } from "@task-watchers/linux";
import type { ProcEventListener } from "@task-watchers/tasks/connector";
import { EVENT_BITS } from "./cn-proc-kinds.ts";
import type { ProcEventKind } from "./proc-event.ts";

/** What every event of the kernel carries. Ids of the initial namespaces, as the kernel sends them. */
export interface RawEventBase {
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly timeNs: bigint;
  /** Thread id. */
  readonly pid: number;
  /** Process id. */
  readonly tgid: number;
}

/** Process and thread id of the parent. */
interface RawParent {
  readonly parentPid: number;
  readonly parentTgid: number;
}

/** A task began; `pid` and `tgid` are the child's. A thread's parent is that of its process. */
export interface RawForkEvent extends RawEventBase, RawParent {
  readonly type: "fork";
}

/** The process runs another program, or leads a new session. */
export interface RawPlainEvent extends RawEventBase {
  readonly type: "exec" | "sid";
}

/** User ids changed, of one thread. */
export interface RawUidEvent extends RawEventBase {
  readonly type: "uid";
  readonly ruid: number;
  readonly euid: number;
}

/** Group ids changed, of one thread. */
export interface RawGidEvent extends RawEventBase {
  readonly type: "gid";
  readonly rgid: number;
  readonly egid: number;
}

/** A tracer attached, or let go: then both of its ids are 0. */
export interface RawPtraceEvent extends RawEventBase {
  readonly type: "ptrace";
  readonly tracerPid: number;
  readonly tracerTgid: number;
}

/** A thread was renamed. */
export interface RawCommEvent extends RawEventBase {
  readonly type: "comm";
  /** At most 15 bytes, chosen by the task; see docs/decisions/002 for bytes that are no UTF-8. */
  readonly comm: string;
}

/** A signal that dumps core ended the process. */
export interface RawCoredumpEvent extends RawEventBase, RawParent {
  readonly type: "coredump";
}

/** A thread ended; the process lives on while it has others. */
export interface RawExitEvent extends RawEventBase {
  readonly type: "exit";
  /** Exit code 0–255; absent when a signal ended it. */
  readonly code?: number;
  /** Number of the signal that ended it. */
  readonly signal?: number;
  readonly coreDumped?: true;
  /** Process id of the parent; absent before Linux 4.18. */
  readonly parentTgid?: number;
}

/** An event as the kernel sent it. */
export type RawProcessEvent =
  | RawForkEvent
  | RawPlainEvent
  | RawUidEvent
  | RawGidEvent
  | RawPtraceEvent
  | RawCommEvent
  | RawCoredumpEvent
  | RawExitEvent;

const KINDS = new Map<number, ProcEventKind>(
  Object.entries(EVENT_BITS).map(([kind, bit]) => [bit, kind as ProcEventKind]),
);

/** An event of the connector, by its words; undefined for a kind that this version does not know. */
export function rawEvent(
  ...[what, pid, tgid, first, second, timeNs, third, fourth]: Parameters<ProcEventListener>
): RawProcessEvent | undefined {
  const base = { timeNs, pid, tgid };
  const type = KINDS.get(what);
  switch (type) {
    case undefined:
      return undefined;
    case "fork":
    case "coredump":
      return { type, ...base, parentPid: first, parentTgid: second };
    case "exec":
    case "sid":
      return { type, ...base };
    case "uid":
      return { type, ...base, ruid: first, euid: second };
    case "gid":
      return { type, ...base, rgid: first, egid: second };
    case "ptrace":
      return { type, ...base, tracerPid: first, tracerTgid: second };
    case "comm":
      return { type, ...base, comm: commOf(first, second, third, fourth) };
    case "exit":
      return { type, ...base, ...ending(first), ...(second > 0 && { parentTgid: second }) };
  }
}

/** Wait status (man 2 wait): the low seven bits are the signal, 0x80 says that core was dumped, the next byte is the code. */
function ending(status: number): Pick<RawExitEvent, "code" | "signal" | "coreDumped"> {
  const signal = status & 0x7f;
  if (signal === 0) return { code: (status >>> 8) & 0xff };
  return { signal, ...((status & 0x80) !== 0 && { coreDumped: true }) };
}

/** Sixteen bytes as machine words, ended by a zero byte. */
function commOf(...words: number[]): string {
  const bytes = new Uint8Array(Uint32Array.from(words).buffer);
  const end = bytes.indexOf(0);
  return decodeText(end < 0 ? bytes : bytes.subarray(0, end));
}
