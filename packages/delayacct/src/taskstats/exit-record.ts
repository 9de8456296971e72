import type { TaskStats } from "./task-stats.ts";

/** What the kernel says of a task (a thread) at its exit. */
export interface ExitRecord {
  readonly task: TaskStats;
  /**
   * Totals of the thread group, in the record of its last thread, if it ever lost a thread before that. Before 2026's fix
   * ("taskstats: retain dead thread stats") only its `delays` are filled in.
   */
  readonly group?: TaskStats;
  /** The last thread of its process: the process is gone. Always false before version 12 (Linux 5.19). */
  readonly isLast: boolean;
  /** CPU on which the task exited. */
  readonly cpu: number;
  /** CLOCK_MONOTONIC, nanoseconds: the CPU's queue was empty, so that the record came into it afterwards. */
  readonly emptyNs: bigint;
  /** CLOCK_MONOTONIC, nanoseconds: the record had been read. */
  readonly readNs: bigint;
}

/** Records that the kernel made and we did not get. */
export interface ExitLoss {
  /** `overrun`: the receive queue was full. */
  readonly reason: "overrun";
  /** How many, exactly. */
  readonly count: number;
  /** CPU on which the tasks exited. */
  readonly cpu: number;
  /** CLOCK_MONOTONIC, nanoseconds: the last time it was certain that nothing was missing. */
  readonly sinceNs: bigint;
  /** CLOCK_MONOTONIC, nanoseconds: when the loss was noticed. */
  readonly untilNs: bigint;
}

/** What a listener to exits has counted; all only grow. */
export interface ExitCounters {
  /** Records handed over. */
  readonly records: number;
  /** Records lost, the sum of all losses told. */
  readonly lost: number;
  /** Datagrams of other processes than the kernel: dropped. */
  readonly spoofed: number;
  /** Messages of the kernel that were not for us: meant for a former owner of the port, say. Dropped. */
  readonly unasked: number;
  /** Messages of the kernel that could not be decoded. */
  readonly malformed: number;
  /** Times the receive queue was full. */
  readonly overruns: number;
}

/** How to listen to exits. */
export interface ExitListenerOptions {
  /** CPUs whose exits are wanted, as the kernel writes lists: "0-3,8" (default: all possible). */
  readonly cpus?: string;
  /** Kernel memory for each CPU's queue, bytes, as effective (default 8 MiB); one record takes 1,280 to 2,304 of them. */
  readonly receiveBufferBytes?: number;
  /** Called for each record, synchronously, in the order of a CPU's exits. An exception becomes an uncaught one. */
  readonly onRecord: (record: ExitRecord) => void;
  /** Called for each loss, in its place among the records of its CPU. */
  readonly onLost: (loss: ExitLoss) => void;
  /** Reading failed for good, and the listener has closed itself. Without it the error becomes an uncaught one. */
  readonly onError?: (error: Error) => void;
  /** Closes the listener; while opening, rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** A listener to exits that is open. Keeps the process alive unless `unref()` was called. */
export interface ExitListener extends AsyncDisposable {
  /** CPUs listened to. */
  readonly cpus: readonly number[];
  /** Bytes of kernel memory that each CPU's queue was given; less than asked for without CAP_NET_ADMIN's force. */
  readonly receiveBufferBytes: number;
  readonly counters: ExitCounters;
  readonly closed: boolean;
  ref(): void;
  unref(): void;
  /** Reads what is queued and hands it over before it returns. Does nothing after close. */
  drain(): void;
  /** Hands over what is queued, tells the kernel to send no more, and closes. Twice does nothing. */
  close(): Promise<void>;
}
