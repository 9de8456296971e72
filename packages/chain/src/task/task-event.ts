/**
 * What a watcher is told. The seven events carry the names of the 2006 series (WATCH_TASK_INIT …
 * WATCH_TASK_FREE, include/linux/notifier.h of the patch).
 */

/** The seven events, in the order of one task's life. */
export const TASK_EVENTS = ["init", "clone", "exec", "uid", "gid", "exit", "free"] as const;

/** Name of a task event. */
export type TaskEventName = (typeof TASK_EVENTS)[number];

/** Why a notification was made up from other evidence than the kernel's own event. */
export type SyntheticReason =
  /** The event was lost in an overrun, or the source was deaf, or tells no such events; found by looking at /proc. */
  | "reconciled"
  /** The kernel sends none: a thread that called exec leaves its old thread id without an exit. */
  | "exec-from-thread"
  /** The watch ended while the task was alive; only `free` is raised so. */
  | "watch-closed";

/** A fact that could not be had, and why. */
export interface Missing {
  /** Error code such as `"ENOENT"` (task already gone) or `"EACCES"`, or a plain word such as `"empty"`. */
  readonly missing: string;
}

/** Whether a fact could not be had: `isMissing(event.argv) ? event.argv.missing : event.argv[0]`. */
export function isMissing(fact: unknown): fact is Missing {
  return typeof fact === "object" && fact !== null && "missing" in fact;
}

/** What every event carries. */
export interface TaskEventBase {
  /** CLOCK_MONOTONIC, nanoseconds. For a synthetic event the time it was inferred. */
  readonly timeNs: bigint;
  /** Present when the kernel did not send this event itself. */
  readonly synthetic?: SyntheticReason;
}

/** The task exists; set up per-task state here and nowhere later. */
export interface InitEvent extends TaskEventBase {
  readonly type: "init";
  /** The task was there before the watch or before the watcher: no `clone` follows. */
  readonly existing?: true;
}

/** The task was announced by fork, vfork or clone. */
export interface CloneEvent extends TaskEventBase {
  readonly type: "clone";
}

/**
 * Where the facts of an exec were read. `stop`: in the task, which stood still. `bpf`: in the kernel, in the exec itself.
 * `proc`: in /proc, after the event. `caller`: known from whoever started the process.
 */
export type ExecSource = "stop" | "bpf" | "proc" | "caller";

/** The task runs another program. Where facts are read from /proc after the event, each may be missing. */
export interface ExecEvent extends TaskEventBase {
  readonly type: "exec";
  /**
   * The exec has not happened yet, the task stands still: NOTIFY_BAD refuses it with EPERM, an errno of `notifierFromErrno()`
   * with that. It may still fail by itself; then the watch tells `execFailed` to its listeners. `exe` is the file as it was
   * called, made absolute: symbolic links are not resolved, and a script is itself, not its interpreter.
   */
  readonly stopped?: true;
  /** Where `argv` came from; absent when nothing was had from anywhere. */
  readonly source?: ExecSource;
  /** Path of the executable; a byte that is no UTF-8 stands as a lone surrogate, so that every byte survives. */
  readonly exe: string | Missing;
  /** Argument vector. */
  readonly argv: readonly string[] | Missing;
  /** Number of bytes of argv that were cut off; absent when nothing was. */
  readonly argvTruncatedBytes?: number;
  /** Working directory. */
  readonly cwd: string | Missing;
  /** Control group path in the unified hierarchy. */
  readonly cgroup: string | Missing;
}

/** The task's user ids changed. Ids of the initial user namespace. */
export interface UidEvent extends TaskEventBase {
  readonly type: "uid";
  readonly ruid: number;
  readonly euid: number;
}

/** The task's group ids changed. Ids of the initial user namespace. */
export interface GidEvent extends TaskEventBase {
  readonly type: "gid";
  readonly rgid: number;
  readonly egid: number;
}

/** The task ended. */
export interface ExitEvent extends TaskEventBase {
  readonly type: "exit";
  /** Exit code 0–255; absent when a signal ended the task, or unknown. */
  readonly code?: number;
  /** Number of the signal that ended the task. */
  readonly signal?: number;
  /** The kernel set the core-dump bit. */
  readonly coreDumped?: true;
  /** Neither code nor signal is known, and why. */
  readonly status?: Missing;
  /** Nanoseconds from the task's start to its exit; absent when the start is not known. */
  readonly durationNs?: bigint;
}

/** The last word about a task: let its state go. Comes once for every `init`, possibly without one. */
export interface FreeEvent extends TaskEventBase {
  readonly type: "free";
}

/** Any of the seven. */
export type TaskEvent =
  | InitEvent
  | CloneEvent
  | ExecEvent
  | UidEvent
  | GidEvent
  | ExitEvent
  | FreeEvent;

/** Event type by name. */
export interface TaskEventByName {
  init: InitEvent;
  clone: CloneEvent;
  exec: ExecEvent;
  uid: UidEvent;
  gid: GidEvent;
  exit: ExitEvent;
  free: FreeEvent;
}
