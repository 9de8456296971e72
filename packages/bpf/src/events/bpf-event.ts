import type { RecordPath } from "./record-path.ts";

/** What all events of a task have. Ids are the host's: those of the first pid namespace. */
interface TaskEvent {
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly timeNs: bigint;
  /** Thread id; of a fork, the new task's. */
  readonly pid: number;
  /** Process id; differs from `pid` in a thread that is not the process's first. */
  readonly tgid: number;
  /** When the thread began, CLOCK_BOOTTIME, nanoseconds: field 22 of /proc/PID/stat, there in ticks of 10 ms. */
  readonly startNs: bigint;
}

/** A new task, before it runs for the first time. */
export interface BpfForkEvent extends TaskEvent {
  readonly type: "fork";
  /** Whether the new task is a thread of a process that was there. */
  readonly isThread: boolean;
  /** The process's parent, as getppid(2) in the new task has it; of a thread, the parent of its process. */
  readonly parentPid: number;
  readonly parentTgid: number;
  /** The thread that called fork or clone, whoever the parent is to be. */
  readonly creatorPid: number;
  readonly creatorTgid: number;
}

/** A program took over the process; it has not run yet. */
export interface BpfExecEvent extends TaskEvent {
  readonly type: "exec";
  /** The thread's id before; differs from `pid` when another thread than the first called execve(2). */
  readonly oldPid: number;
  /** The file as the caller named it, a script and not its interpreter; absent when the kernel could not read it. */
  readonly filename?: string;
  /**
   * Path of the executable, of a script its interpreter, as /proc/PID/exe has it, seen from the host's root; ends in
   * ` (deleted)` when it was unlinked. A byte that is no UTF-8 stands as a lone surrogate.
   */
  readonly exe: RecordPath;
  /** Path of the working directory, likewise. */
  readonly cwd: RecordPath;
  /** The arguments' bytes as the kernel laid them out, each with its NUL; see `splitArguments`. */
  readonly argv: Uint8Array;
  /** Bytes the arguments really have; at most 2^32 - 1. */
  readonly argvLength: number;
  /** Whether `argv` has fewer bytes than that. */
  readonly argvTruncated: boolean;
  /**
   * Why `argv` is short of what was asked for: `EFAULT`, a page was not in memory; `ENOBUFS`, the ring was nearly full.
   * Absent when it is complete, or cut at `argvBytes`.
   */
  readonly argvMissing?: "EFAULT" | "ENOBUFS";
  /** Ids of the first user namespace, those that a set-uid program got included. */
  readonly ruid: number;
  readonly euid: number;
  readonly rgid: number;
  readonly egid: number;
  /** Id of the control group in the unified hierarchy: inode of its directory. */
  readonly cgroupId: bigint;
}

/** A thread ended. */
export interface BpfExitEvent extends TaskEvent {
  readonly type: "exit";
  /** What it passed to exit, 0–255; absent when a signal ended it. */
  readonly code?: number;
  /** The signal that ended it. */
  readonly signal?: number;
  /** Whether the kernel wrote a core image; not when RLIMIT_CORE forbade it. */
  readonly coreDumped: boolean;
  /** Whether no other thread of the process is left. Before Linux 6.16 two that end at the same time may both say so. */
  readonly isLast: boolean;
  /** The process that its process's parent thread belongs to. */
  readonly parentTgid: number;
  /** What wait(2) will give for the process, when this is its last thread. */
  readonly processStatus?: number;
}

/** What the programs tell, told apart by `type`. A task that was there before they were loaded has no fork. */
export type BpfEvent = BpfForkEvent | BpfExecEvent | BpfExitEvent;

/** Events that happened and were not told. */
export interface BpfLoss {
  /** `ring`: it was full; `busy`: the program was running on that CPU already. */
  readonly reason: "ring" | "busy";
  /** Exact. */
  readonly count: number;
  /** They happened between the event told last before (absent when there was none) and `untilNs`. */
  readonly sinceNs?: bigint;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly untilNs: bigint;
}
