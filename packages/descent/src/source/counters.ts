import type { SourceCounters } from "@task-watchers/tasks";

/** Counters of a descent since it was opened; they only grow. */
export interface DescentCounters extends SourceCounters {
  /** Calls that were stopped: execs, ends of processes, changes of ids. */
  readonly stops: number;
  /** Records told after younger ones. */
  readonly late: number;
  /** Processes whose exit status could not be had. */
  readonly statusMissing: number;
  /** Changes of ids that were found later than they happened: told at the time they were found. */
  readonly idsLate: number;
  /** Calls that change ids of which it is not known what came of them: the thread was killed in the middle. */
  readonly idsMissing: number;
  /** Execs with no arguments, as they were not stopped: by a task that was there before, or let pass by the guard. */
  readonly unstoppedExecs: number;
  /** Without perf: execs of which it is guessed that they succeeded, or failed. */
  readonly execsGuessed: number;
  /** Without perf: processes whose parent had ended before anything was known of either; told as the command's own children. */
  readonly parentGuessed: number;
}

/** The same, to count in. */
export type Counting = { -readonly [K in keyof DescentCounters]: DescentCounters[K] };

export function newCounters(): Counting {
  return {
    received: 0,
    lost: 0,
    stops: 0,
    late: 0,
    statusMissing: 0,
    idsLate: 0,
    idsMissing: 0,
    unstoppedExecs: 0,
    execsGuessed: 0,
    parentGuessed: 0,
  };
}
