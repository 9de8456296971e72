/** Counters since opening; all only grow. */
export interface BpfEventsCounters {
  /** Events that `onEvent` got. */
  readonly told: number;
  /** Events that happened and were not told: those below. Exact. What is still in the ring is neither. */
  readonly lost: number;
  readonly lostForks: number;
  readonly lostExecs: number;
  readonly lostExits: number;
  /** Runs of a program that the kernel left out because it was running on that CPU; whatever they would have told. */
  readonly lostBusy: number;
  /** Execs told without their arguments because the ring was nearly full. */
  readonly argvTrimmed: number;
  /** Execs whose arguments were not in memory, or not all. */
  readonly argvFaults: number;
  /** Records that made no sense. */
  readonly malformed: number;
  /** Times the event loop was woken to read. */
  readonly wakeUps: number;
}
