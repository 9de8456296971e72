import type { Arrival } from "./arrival.ts";

/** When a task lived: CLOCK_MONOTONIC nanoseconds. */
export interface Life {
  readonly startNs: bigint;
  /** The start is the fork event's, and not counted in ticks or found out later. */
  readonly isStartExact: boolean;
  /** Absent while the task lives. */
  readonly endNs?: bigint | undefined;
  /** The end is when it was found out, not when it was. */
  readonly isEndVague: boolean;
  /** It is a thread, and not a process. */
  readonly isThread: boolean;
  /** Its process had other threads: the last one may have lived for a part of it only. */
  readonly hadThreads: boolean;
}

/**
 * How a record fits a task. A pid is one task's at a time, and a record is made while the task has it: so a record made
 * between start and end is `sure` to be its own. `close` ones lived as long, to some milliseconds; `possible` ones cannot
 * be told from those of the tasks that had the pid before or after; any other is `none` of its.
 */
export type Fit = "none" | "possible" | "close" | "sure";

/** A fork's event is stamped after the task's own start, by as long as the forking CPU was kept from going on. */
const LATE_FORK_NS = 100_000_000n;
/** Between a task's record and its exit event its memory is let go: this long, or half its life. */
const LATE_EXIT_NS = 1_000_000_000n;
/** By how much a life by the record mostly differs from one by events. */
const CLOSE_NS = 5_000_000n;
/** By how much a start may be wrong that /proc gave, in ticks of 1/100 s since boot. */
const TICKS_NS = 20_000_000n;

/** Says how a record fits a task's life, as far as that is known. */
export function fitOf(arrival: Arrival, life: Life): Fit {
  const { startNs, endNs, isEndVague } = life;
  const { madeFromNs, madeToNs } = arrival;
  const roughNs = life.isStartExact ? 0n : TICKS_NS;
  // Made, and read, before the task began: of the one before it. Made after its end: of the next.
  if (madeToNs < startNs - roughNs) return "none";
  if (endNs !== undefined && madeFromNs > endNs) return "none";
  const { ofPart, elapsedNs } = elapsedOf(arrival, life);
  const beginsTooEarly = madeToNs - elapsedNs < startNs - LATE_FORK_NS - roughNs;
  const beginsTooLate = madeFromNs - elapsedNs > startNs + LATE_FORK_NS;
  if (beginsTooEarly || (beginsTooLate && !ofPart && life.isStartExact)) return "none";
  const isAfterStart = madeFromNs >= startNs + roughNs;
  if (endNs === undefined) return isAfterStart ? "sure" : "possible";
  const lifeNs = endNs - startNs;
  if (elapsedNs > lifeNs + LATE_FORK_NS + roughNs) return "none";
  // That of a task which began after the end began later than this one's end.
  const isBeforeEnd = madeToNs <= endNs || madeToNs - elapsedNs < endNs;
  // What ended unnoticed may have left its pid to others, which nobody noticed either.
  if (isEndVague) return "possible";
  if (isAfterStart && isBeforeEnd) return "sure";
  if (ofPart || !(arrival.isLast || life.isThread)) return "possible";
  if (lifeNs - elapsedNs > LATE_EXIT_NS + lifeNs / 2n) return "none";
  const offNs = lifeNs > elapsedNs ? lifeNs - elapsedNs : elapsedNs - lifeNs;
  return offNs <= CLOSE_NS + roughNs ? "close" : "possible";
}

/** What the record says of how long the task lived; of an older kernel's process perhaps a thread's part of it. */
function elapsedOf(arrival: Arrival, { isThread, hadThreads }: Life) {
  const { pid, tgid, elapsedNs, processElapsedNs } = arrival;
  if (isThread) return { elapsedNs, ofPart: false };
  if (processElapsedNs !== undefined) return { elapsedNs: processElapsedNs, ofPart: false };
  return { elapsedNs, ofPart: pid !== tgid || arrival.hasGroup || hadThreads };
}
