import type { ExecEvent } from "./task-event.ts";

/** As whom a task runs. Ids of the initial user namespace. */
export interface TaskIds {
  readonly ruid: number;
  readonly euid: number;
  readonly rgid: number;
  readonly egid: number;
}

/** A task as the chain hands it to watchers. Implemented by whoever drives the chain. */
export interface Task {
  /** Stable identity on this boot, `"<pid>.<start time in clock ticks>"`; a reused pid is a new id. */
  readonly id: string;
  /** Thread id in the initial pid namespace (the kernel's `pid`). */
  readonly pid: number;
  /** Process id (the kernel's `tgid`); equals `pid` for a process's first thread. */
  readonly tgid: number;
  /** Process id of the parent at the time of the fork; 0 when there is none or it is not known. */
  readonly ppid: number;
  /** The parent, while it is known. */
  readonly parent?: Task | undefined;
  /** CLOCK_MONOTONIC nanoseconds at which the task started. */
  readonly startNs: bigint;
  /** The exec whose program the task runs: its own latest, or its parent's at the fork. */
  readonly exec?: ExecEvent | undefined;
  /** The task's ids now; absent when they could not be had. */
  readonly ids?: TaskIds | undefined;
}
