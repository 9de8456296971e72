/**
 * The trace file: JSON lines, one object a line; the first a `header`, the last a `summary`, between them events,
 * losses and whatever lines watchers contribute. A line of unknown type is to be passed over.
 *
 * Times are decimal strings of CLOCK_MONOTONIC nanoseconds. Text of other processes is UTF-8 where it is valid; a byte
 * that is not stands as a lone surrogate U+DC80–U+DCFF (surrogateescape, PEP 383), so nothing is lost.
 */

/** Version of everything below. Raised when a field changes its meaning or goes; not when one is added. */
export const TRACE_SCHEMA = 1;

/** A nanosecond count, as a decimal string. */
export type Nanoseconds = string;

/** First line. */
export interface HeaderLine {
  readonly type: "header";
  readonly schema: number;
  /** What wrote the file. */
  readonly writer: { readonly name: string; readonly version: string };
  readonly host: string;
  /** Release of the kernel, as uname -r prints it. */
  readonly kernel: string;
  readonly arch: string;
  /** Names this boot of the host: task ids of two boots are different tasks. */
  readonly bootId: string;
  /** CLOCK_MONOTONIC at the start, and what to add to such a time to get nanoseconds since 1970-01-01 UTC. */
  readonly clock: { readonly startNs: Nanoseconds; readonly realtimeOffsetNs: Nanoseconds };
  /** Where events come from. */
  readonly source: {
    readonly kind: string;
    readonly receiveBufferBytes?: number;
    /** `"stop"`: each exec of the command stands still until it was looked at. `"bpf"`: programs in the kernel told of it. `"proc"`: it is looked at in /proc afterwards. */
    readonly execs?: string;
  };
  /** `"all"`, or `"followed"`: one command's or some processes' descent. */
  readonly scope: string;
  /** The command that was run; absent when none was. */
  readonly command?: readonly string[];
  /** Watchers loaded, with the line types each writes and what they are. */
  readonly modules: readonly {
    readonly name: string;
    readonly version: string;
    readonly lines?: Readonly<Record<string, string>>;
  }[];
}

/** What every event line has. */
export interface TaskLine {
  readonly timeNs: Nanoseconds;
  /** Stable id of the task on this boot: `"<pid>.<start time in ticks of 1/100 s since boot>"`. */
  readonly task: string;
  readonly pid: number;
  readonly tgid: number;
  /** Process id of the parent at the fork; 0 when not known. */
  readonly ppid: number;
  /** The kernel did not send this event: how it was inferred. */
  readonly synthetic?: string;
}

/** As whom a task runs; ids of the initial user namespace. */
export interface IdsField {
  readonly ruid: number;
  readonly euid: number;
  readonly rgid: number;
  readonly egid: number;
}

export interface InitLine extends TaskLine {
  readonly type: "init";
  /** It was there before the watch. */
  readonly existing?: true;
  readonly ids?: IdsField;
  /** Stable id of the parent, while it is watched too. */
  readonly parent?: string;
  /** What a task that was there before ran; there when the writer was asked for it. */
  readonly exec?: { readonly exe?: string; readonly argv?: readonly string[] };
}

export interface CloneLine extends TaskLine {
  readonly type: "clone";
  /** As in `init`; there when the writer wrote no `init` for this task. */
  readonly ids?: IdsField;
  readonly parent?: string;
}

export interface ExecLine extends TaskLine {
  readonly type: "exec";
  /** Where `argv` came from: `stop` (read while the task stood still), `bpf`, `proc` (read afterwards), `caller`. */
  readonly source?: string;
  /** Written before the exec was made: an `exec-failed` line of the same task and time takes it back. */
  readonly stopped?: true;
  readonly exe?: string;
  readonly argv?: readonly string[];
  /** Bytes of argv that were cut off. */
  readonly argvTruncatedBytes?: number;
  readonly cwd?: string;
  readonly cgroup?: string;
  readonly ids?: IdsField;
  /** Facts that could not be had, by name, and why: an error code or a plain word. */
  readonly missing?: Readonly<Record<string, string>>;
}

/** An exec that did not happen. */
export interface ExecFailedLine extends TaskLine {
  readonly type: "exec-failed";
  /** Thread that made the call, where it is not the process's first. */
  readonly thread?: number;
  /** The file, made absolute. */
  readonly path?: string;
  readonly argv?: readonly string[];
  /** The error, such as `"ENOENT"`, as far as it is known. */
  readonly code?: string;
  /** A watcher refused it. */
  readonly refused?: { readonly by?: string; readonly errno: number };
  /** Whether it is proven. */
  readonly certain: boolean;
  /** An `exec` line of the same task and time stands before this, and does not count. */
  readonly raised?: true;
  readonly missing?: Readonly<Record<string, string>>;
}

export interface UidLine extends TaskLine {
  readonly type: "uid";
  readonly ruid: number;
  readonly euid: number;
}

export interface GidLine extends TaskLine {
  readonly type: "gid";
  readonly rgid: number;
  readonly egid: number;
}

export interface ExitLine extends TaskLine {
  readonly type: "exit";
  /** What the task ran; there when the writer was asked to leave `exec` lines out. */
  readonly exec?: { readonly exe?: string; readonly argv?: readonly string[] };
  /** Exit code; absent when a signal ended the task, or not known. */
  readonly code?: number;
  /** Signal number. */
  readonly signal?: number;
  readonly coreDumped?: true;
  readonly durationNs?: Nanoseconds;
  readonly missing?: Readonly<Record<string, string>>;
}

/** The process became the leader of a new session, whose id is its own. */
export interface SidLine extends TaskLine {
  readonly type: "sid";
}

/** A tracer attached, or let go. */
export interface PtraceLine extends TaskLine {
  readonly type: "ptrace";
  /** Absent when it let go. */
  readonly tracer?: { readonly pid: number; readonly tgid: number };
}

/** The thread was renamed, by itself or by another. */
export interface CommLine extends TaskLine {
  readonly type: "comm";
  readonly comm: string;
}

/** A signal that dumps core ended the process; its `exit` follows. */
export interface CoredumpLine extends TaskLine {
  readonly type: "coredump";
}

export interface FreeLine extends TaskLine {
  readonly type: "free";
}

/** Events that were not delivered. Stands where they would have stood. */
export interface LostLine {
  readonly type: "lost";
  readonly timeNs: Nanoseconds;
  readonly reason: string;
  /** null when it cannot be known. */
  readonly count: number | null;
  readonly sinceNs: Nanoseconds;
  readonly untilNs: Nanoseconds;
}

/** Last line. A file without it was cut off. */
export interface SummaryLine {
  readonly type: "summary";
  readonly timeNs: Nanoseconds;
  readonly durationNs: Nanoseconds;
  /** How the command ended. */
  readonly command?: { readonly code?: number; readonly signal?: string };
  readonly tasks: { readonly seen: number; readonly failed: number; readonly alive: number };
  /** How complete the execs are: all that were made, those with all their arguments by source, the others by reason. */
  readonly execs?: {
    readonly total: number;
    readonly bySource: Readonly<Record<string, number>>;
    readonly missed: Readonly<Record<string, number>>;
  };
  /** Every counter of losses and misses. */
  readonly counters: Readonly<Record<string, unknown>>;
  /** Status of each watcher. */
  readonly modules: readonly unknown[];
}

/** A line whose type this version knows. */
export type KnownLine =
  | HeaderLine
  | InitLine
  | CloneLine
  | ExecLine
  | ExecFailedLine
  | UidLine
  | GidLine
  | ExitLine
  | SidLine
  | PtraceLine
  | CommLine
  | CoredumpLine
  | FreeLine
  | LostLine
  | SummaryLine;

/** Any line: a known one, or one that a watcher or a later version wrote. */
export interface AnyLine {
  readonly type: string;
  readonly [field: string]: unknown;
}
