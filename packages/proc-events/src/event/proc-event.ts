/**
 * Process events as the stream gives them: the kinds of include/uapi/linux/cn_proc.h, joined to the task they are about.
 */
import type { ExecEvent, SyntheticReason, TaskIds } from "@task-watchers/chain";

/** Every kind of event, by the kernel's name in lower case. */
export const PROC_EVENT_KINDS = [
  "fork",
  "exec",
  "uid",
  "gid",
  "sid",
  "ptrace",
  "comm",
  "coredump",
  "exit",
] as const;

/** Name of a kind of event. */
export type ProcEventKind = (typeof PROC_EVENT_KINDS)[number];

/** What every event of a task carries. */
export interface ProcEventBase {
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly timeNs: bigint;
  /** Stable identity on this boot, `"<pid>.<start time in clock ticks>"`; a reused pid is another task. */
  readonly task: string;
  /** Thread id (the kernel's `pid`), in the initial pid namespace. */
  readonly pid: number;
  /** Process id (the kernel's `tgid`). */
  readonly tgid: number;
  /** Process id of the parent at the fork; 0 when it is not known. */
  readonly ppid: number;
  /** Present when the kernel did not send this event itself, and why it is told. */
  readonly synthetic?: SyntheticReason;
  /**
   * What the task ran when this happened: its own latest exec, or its parent's at the fork. Absent when not known. From a
   * relay it is on `exec`, and on the others as far as the relay sent it.
   */
  readonly exec?: ExecFacts;
}

/** What a program was started with; each fact may be missing, and says why. */
export type ExecFacts = Pick<ExecEvent, "exe" | "argv" | "argvTruncatedBytes" | "cwd" | "cgroup">;

/** A task began, or was there already when listening began. */
export interface ForkEvent extends ProcEventBase {
  readonly type: "fork";
  /** It was there before; `timeNs` is when it started. */
  readonly existing?: true;
  /** The parent's identity, while it is watched too. */
  readonly parent?: string;
  readonly ids?: TaskIds;
}

/** The task runs another program: `exec` says which. */
export interface ExecutedEvent extends ProcEventBase {
  readonly type: "exec";
  readonly exec: ExecFacts;
  readonly ids?: TaskIds;
}

/** User ids changed; ids of the initial user namespace. */
export interface UidChangedEvent extends ProcEventBase {
  readonly type: "uid";
  readonly ruid: number;
  readonly euid: number;
}

/** Group ids changed; ids of the initial user namespace. */
export interface GidChangedEvent extends ProcEventBase {
  readonly type: "gid";
  readonly rgid: number;
  readonly egid: number;
}

/** The process leads a new session, whose id is its process id. */
export interface SidEvent extends ProcEventBase {
  readonly type: "sid";
}

/** A tracer attached, or let go. */
export interface PtraceEvent extends ProcEventBase {
  readonly type: "ptrace";
  /** Absent when the tracer let go. */
  readonly tracer?: { readonly pid: number; readonly tgid: number };
}

/** The thread `pid` was renamed by prctl(2) or through /proc. */
export interface CommEvent extends ProcEventBase {
  readonly type: "comm";
  readonly comm: string;
}

/** A signal whose action is to dump core ended the process; its exit follows. */
export interface CoredumpEvent extends ProcEventBase {
  readonly type: "coredump";
}

/** The task ended. */
export interface ExitedEvent extends ProcEventBase {
  readonly type: "exit";
  /** Exit code 0–255; absent when a signal ended the task, or when it is not known. */
  readonly code?: number;
  /** Number of the signal that ended the task. */
  readonly signal?: number;
  readonly coreDumped?: true;
  /** Neither code nor signal is known, and why. */
  readonly status?: { readonly missing: string };
  /** From the task's start; absent when that is not known. */
  readonly durationNs?: bigint;
}

/** Events that were not delivered. Stands where they would have stood; the next event is the first one after. */
export interface LostEvent {
  readonly type: "lost";
  /** CLOCK_MONOTONIC, nanoseconds: when the loss was noticed. */
  readonly timeNs: bigint;
  /**
   * `overrun`: the kernel's queue was full. `deaf`: the kernel had stopped sending. `backlog`: a watcher did not keep up.
   * `queue`: the reader of this stream did not keep up. `disconnected`: the connection to the relay was down. A relay
   * passes on its own losses with their reason.
   */
  readonly reason: "overrun" | "deaf" | "backlog" | "queue" | "disconnected" | (string & {});
  /**
   * How many; null when it cannot be known. For `queue` and `disconnected` only events that this listener's filter lets
   * through are counted; for the others it is not known whose they were.
   */
  readonly count: number | null;
  readonly sinceNs: bigint;
  readonly untilNs: bigint;
}

/** An event of a task. */
export type TaskProcEvent =
  | ForkEvent
  | ExecutedEvent
  | UidChangedEvent
  | GidChangedEvent
  | SidEvent
  | PtraceEvent
  | CommEvent
  | CoredumpEvent
  | ExitedEvent;

/** Whatever a stream yields. */
export type ProcEvent = TaskProcEvent | LostEvent;
