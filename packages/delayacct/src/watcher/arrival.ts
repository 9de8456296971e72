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
  /** CLOCK_MONOTONIC, nanoseconds: when it was read; it was made some time before. */
  readonly arrivedNs: bigint;
  /** Of the thread. */
  own(): Counted;
  /** Of the whole process: all its threads, dead ones too. Only with the last thread of several. */
  group(): Counted | undefined;
}

/** When a task lived: CLOCK_MONOTONIC nanoseconds. */
export interface Life {
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** The end is when it was found out, not when it was. */
  readonly isEndVague: boolean;
}

/** A fork's event is stamped after the task's own start, by as long as the forking CPU was kept from going on. */
const LATE_FORK_NS = 100_000_000n;
/** Between a task's record and its exit event its memory is let go: this long, or half its life. */
const LATE_EXIT_NS = 1_000_000_000n;

/** Whether a record that came while the task lived may be of one of its threads. */
export function mayBeOf({ arrivedNs, elapsedNs }: Arrival, startNs: bigint): boolean {
  // A record read before the task began is of an earlier one with the same pid.
  return arrivedNs >= startNs && elapsedNs <= arrivedNs - startNs + LATE_FORK_NS;
}

/** Whether a record is that of a task's end: it lived as long. A reused pid's record lived for another time. */
export function fits(arrival: Arrival, { startNs, endNs, isEndVague }: Life): boolean {
  if (!mayBeOf(arrival, startNs)) return false;
  const lifeNs = endNs - startNs;
  if (arrival.elapsedNs > lifeNs + LATE_FORK_NS) return false;
  return isEndVague || lifeNs - arrival.elapsedNs <= LATE_EXIT_NS + lifeNs / 2n;
}
