/** What every record says. */
export interface RecordBase {
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly timeNs: bigint;
  /** Process id in the sampler's pid namespace; -1 for a task in the last of its exit. */
  readonly pid: number;
  /** Thread id. */
  readonly tid: number;
}

/** A moment at which a task was found on a CPU. */
export interface SampleRecord extends RecordBase {
  readonly type: "sample";
  /** The number of the event: of what inherited one, that one's. */
  readonly event: bigint;
  readonly cpu: number;
  /** Of the event: nanoseconds with cpu-clock. */
  readonly period: number;
  readonly mode: "user" | "kernel";
  /** Where it was. */
  readonly ip: bigint;
  /** Addresses, leaf first, with marks between (PERF_CONTEXT_*) that say whose the next ones are. */
  readonly chain: BigUint64Array;
}

/** Something executable was mapped into a process. */
export interface MapRecord extends RecordBase {
  readonly type: "map";
  readonly start: bigint;
  readonly end: bigint;
  /** In the file, bytes. */
  readonly offset: bigint;
  readonly major: number;
  readonly minor: number;
  readonly inode: bigint;
  /** The file, or `//anon`, `[vdso]` and the like. Any text at all. */
  readonly path: string;
}

/** A thread has another name. */
export interface CommRecord extends RecordBase {
  readonly type: "comm";
  /** Any text at all, at most 15 bytes. */
  readonly comm: string;
  /** As it has run another program. */
  readonly isExec: boolean;
}

/** A task began, or ended. Of a thread that began, `pid` is its parent's, too. */
export interface LifeRecord extends RecordBase {
  readonly type: "fork" | "exit";
  readonly ppid: number;
  readonly ptid: number;
}

/** Records were lost as the ring was full; `pid` and `tid` are those of the one that found room again. */
export interface LostRecord extends RecordBase {
  readonly type: "lost";
  /** What the kernel counts: any records, or (a CPU's own sampling) samples alone. */
  readonly of: "records" | "samples";
  readonly count: number;
}

/** The kernel stopped, or resumed, an event that took too much time. */
export interface ThrottleRecord extends RecordBase {
  readonly type: "throttle" | "unthrottle";
}

/** A record of a sampler's ring. */
export type PerfRecord =
  | SampleRecord
  | MapRecord
  | CommRecord
  | LifeRecord
  | LostRecord
  | ThrottleRecord;
