import type { AnyLine, HeaderLine, SummaryLine, TraceReport } from "@task-watchers/trace";

/**
 * A trace, read whole. All times are nanoseconds since `originNs`, as numbers: exact for 104 days. Text is of other
 * processes, as in the trace: any characters at all, never for a page or a terminal as it is.
 */
export interface TraceModel {
  /** Absent when the trace was cut off at the front. */
  readonly header?: HeaderLine;
  /** Absent when the trace was cut off at its end. */
  readonly summary?: SummaryLine;
  /** CLOCK_MONOTONIC of time 0, nanoseconds: the header's start, or the first event. */
  readonly originNs: bigint;
  /** Time 0 in nanoseconds since 1970-01-01 UTC; absent without a header. */
  readonly wallClockNs?: bigint;
  /** When the trace ends. */
  readonly endNs: number;
  /** In the order in which the trace first tells of them. Most often parents stand before children; not always. */
  readonly tasks: readonly ModelTask[];
  readonly losses: readonly ModelLoss[];
  /** Lines of types that the model has no use for, how many of each. */
  readonly otherLines: ReadonlyMap<string, number>;
  /** Whether any task has such figures. */
  readonly has: { readonly delays: boolean; readonly samples: boolean; readonly audit: boolean };
  /** What is missing or odd: sentences for people, which may quote text of other processes. */
  readonly notes: readonly string[];
  /** What reading told of the file. */
  readonly file: Readonly<TraceReport>;
}

/** One task of a trace. */
export interface ModelTask {
  /** Its place in `tasks`. */
  readonly index: number;
  /** Stable id on its boot. */
  readonly id: string;
  readonly pid: number;
  readonly tgid: number;
  /** 0 when not known. */
  readonly ppid: number;
  /** Place of its parent in `tasks`; -1 when that is not in the trace. A thread's is its process's first. Never a circle. */
  readonly parent: number;
  /** When it began; of one that was there before, less than 0 or when it was first told of. */
  readonly startNs: number;
  /** It was there before the watch. */
  readonly existing: boolean;
  /** Its beginning is not in the trace: `startNs` is when it was first told of. */
  readonly isStartUnknown: boolean;
  /** When it ended; the end of the trace when that is not known. Not before `startNs`. */
  readonly endNs: number;
  /** Absent when it lived at the end of the trace, or nobody knows. */
  readonly exit?: ModelExit;
  readonly execs: readonly ModelExec[];
  readonly failedExecs: readonly ModelFailedExec[];
  /** As whom it ran, in order of time; the first is what it began with. */
  readonly ids: readonly ModelIds[];
  /** What else happened to it: `sid`, `ptrace`, `comm`, `coredump`, `lost` and what watchers tell of a task. */
  readonly marks: readonly ModelMark[];
  readonly delays?: ModelDelays;
  readonly samples?: ModelSamples;
  /** Its `audit` lines, whole. */
  readonly audit: readonly AnyLine[];
}

/** A program that a task ran. A fact that could not be had is absent; `missing` says why. Text is of other processes. */
export interface ModelExec {
  readonly timeNs: number;
  readonly exe?: string;
  readonly argv?: readonly string[];
  /** Bytes of argv that were cut off. */
  readonly argvTruncatedBytes?: number;
  readonly cwd?: string;
  readonly cgroup?: string;
  /** Where exe and argv came from, where the trace says it. */
  readonly source?: string;
  /** It ran this before the watch: `timeNs` is when it was told of. */
  readonly isEarlier?: true;
  /** The arguments are from the audit record. */
  readonly isAudited?: true;
  /** Facts that could not be had, and why. */
  readonly missing?: Readonly<Record<string, string>>;
}

/** An exec that did not happen: known only where execs are stopped or audited. `timeNs` is when it was tried. */
export interface ModelFailedExec {
  readonly timeNs: number;
  readonly path?: string;
  readonly argv?: readonly string[];
  /** Error code, such as `ENOENT`. */
  readonly code?: string;
  /** Who refused it, where somebody did. */
  readonly refusedBy?: string;
  /** Nobody saw that it failed: it was inferred. */
  readonly isUncertain?: true;
}

/** How a task ended: `code` when it exited (0 to 255), `signal` when that ended it; neither when nobody knows. */
export interface ModelExit {
  readonly code?: number;
  readonly signal?: number;
  readonly coreDumped: boolean;
  /** The kernel did not tell: how it was inferred. */
  readonly synthetic?: string;
}

/** Ids of the initial user namespace; absent where no line said. */
export interface ModelIds {
  readonly timeNs: number;
  readonly ruid?: number;
  readonly euid?: number;
  readonly rgid?: number;
  readonly egid?: number;
}

/** A moment in a task's life to be pointed out. `text` is for people, and may have text of other processes in it. */
export interface ModelMark {
  readonly timeNs: number;
  /** Type of the line. */
  readonly type: string;
  readonly text: string;
}

/** Figures of a `delays` line: nanoseconds (`…Ns`), bytes (`…Bytes`) or counts. An absent one is not known. */
export type DelayFigures = Readonly<Partial<Record<DelayFigureName, number>>>;

export type DelayFigureName = (typeof DELAY_FIGURES)[number];

/** In the order in which people read them. `@task-watchers/delayacct` says what each is. */
export const DELAY_FIGURES = [
  "wallNs",
  "onCpuNs",
  "waitCpuNs",
  "blkioNs",
  "swapinNs",
  "reclaimNs",
  "thrashingNs",
  "compactNs",
  "wpcopyNs",
  "irqNs",
  "userNs",
  "systemNs",
  "peakRssBytes",
  "readBytes",
  "writtenBytes",
  "minorFaults",
  "majorFaults",
  "voluntarySwitches",
  "involuntarySwitches",
] as const;

/** What a task waited for, of its last `delays` line; absent on a trace without delayacct. */
export interface ModelDelays {
  /** `taskstats` or `proc`. */
  readonly source: string;
  readonly figures: DelayFigures;
  /** Name at its end. */
  readonly comm?: string;
  /** The figures are sums over several threads, so that `wallNs` may be more than its life. */
  readonly hadThreads: boolean;
  readonly threads?: number;
  /** When it was looked at last; absent when the figures are those of its end. */
  readonly asOfNs?: number;
  /** Why figures are absent. */
  readonly missing?: Readonly<Record<string, string>>;
}

/**
 * CPU time of a task as samples found it, nanoseconds: `cpuNs` is `userNs` and `kernelNs`. Less than a sample's period is not
 * seen, so a short task may have none.
 */
export interface ModelSamples {
  /** The program, as samples are grouped. */
  readonly command: string;
  readonly samples: number;
  readonly cpuNs: number;
  readonly userNs: number;
  readonly kernelNs: number;
  /** The hottest, at most ten. */
  readonly functions: readonly FunctionSamples[];
}

/** A function that was on a CPU; without a symbol its `name` is the file and an offset. `module` is the file it is in. */
export interface FunctionSamples {
  readonly name: string;
  readonly module: string;
  readonly samples: number;
  /** CPU time of the function itself. */
  readonly selfNs: number;
}

/** Events that the trace has not got. */
export interface ModelLoss {
  /** What lost them: `lost`, or the type of a watcher's line (`audit-lost`). */
  readonly type: string;
  readonly reason: string;
  /** null when it cannot be known. */
  readonly count: number | null;
  readonly sinceNs: number;
  readonly untilNs: number;
}
