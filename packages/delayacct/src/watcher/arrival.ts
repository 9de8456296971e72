import type { Figures } from "./figures.ts";

/** What one record counted. */
export interface Counted {
  readonly figures: Readonly<Figures>;
  /** Any of the waits that need delay accounting was counted: the task had it switched on. */
  readonly isDelayed: boolean;
}

/** An exit record of the kernel as it came. Records of tasks that nobody watches come too, so reading them waits. */
export interface Arrival {
  /** The thread that ended. */
  readonly pid: number;
  readonly tgid: number;
  /** Its name, at most 15 bytes: any text at all. */
  readonly comm: string;
  /** Its process ended with it. */
  readonly isLast: boolean;
  /** It brings the sums of its process: other threads had ended before. */
  readonly hasGroup: boolean;
  /** How long the thread lived, nanoseconds. */
  readonly elapsedNs: bigint;
  /** How long its process did, from the start of the first thread, nanoseconds; absent when the kernel does not say. */
  readonly processElapsedNs?: bigint;
  /** CLOCK_MONOTONIC, nanoseconds: it was made after the one, and before the other. */
  readonly madeFromNs: bigint;
  readonly madeToNs: bigint;
  /** CLOCK_MONOTONIC, nanoseconds: when it was read. */
  readonly arrivedNs: bigint;
  /** Of the thread. */
  own(): Counted;
  /** Of the whole process: all its threads, dead ones too. Only with the last thread of several. */
  group(): Counted | undefined;
}
