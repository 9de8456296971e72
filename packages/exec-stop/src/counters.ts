/** Numbers of execs, and of what went wrong; they only grow. */
export interface ExecStopCounters {
  /** Execs we were told of; `continued + refused + vanished` once all are answered. */
  readonly calls: number;
  readonly continued: number;
  /** Made to fail by a verdict. */
  readonly refused: number;
  /** Tasks killed, or taken out of the call by a signal (before Linux 5.19), before the answer. */
  readonly vanished: number;
  /** Handlers that threw, rejected, or gave something that is no verdict; the exec went on. */
  readonly thrown: number;
  /** Promises that had not settled by the deadline; the exec went on. */
  readonly late: number;
  /** Calls told that are no execs. */
  readonly others: number;
  /** Facts that could not be had, by name, then by reason. */
  readonly missing: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** The same, to count in. */
export type Counting = {
  -readonly [K in keyof Omit<ExecStopCounters, "missing">]: ExecStopCounters[K];
} & { readonly missing: Record<string, Record<string, number>> };

export function newCounters(): Counting {
  return {
    calls: 0,
    continued: 0,
    refused: 0,
    vanished: 0,
    thrown: 0,
    late: 0,
    others: 0,
    missing: {},
  };
}

export function countMissing(counters: Counting, fact: string, reason: string): void {
  const reasons = (counters.missing[fact] ??= {});
  reasons[reason] = (reasons[reason] ?? 0) + 1;
}
