import type { KnownHolder } from "./holder-target.ts";
import type { ProcessIdentity } from "./process-identity.ts";

/** Why units went back: the holder's end, told by its own means or by a task event, or somebody's wish. */
export type UndoReason = "end" | "event" | "release" | "close" | "race";

/** What went back for one holder on one semaphore. */
export interface UndoReport {
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly timeNs: bigint;
  /** `process 7`, `worker 2` or `scope`. */
  readonly holder: string;
  /** Absent for workers and scopes. */
  readonly process?: ProcessIdentity;
  /** Id of the set. */
  readonly set: number;
  /** Index in the set. */
  readonly semaphore: number;
  /** What was to be added to the value. */
  readonly adjust: number;
  /** How much of it did not fit between 0 and 32767. */
  readonly dropped: number;
  readonly reason: UndoReason;
  /** Code of the error that kept it from going back, such as `EIDRM` when the set was removed. */
  readonly failed?: string;
}

/** Counts of a ledger since it was made. */
export interface UndoCounters {
  /** Holders that hold something now. */
  readonly holders: number;
  /** Adjustments applied, one for each holder and semaphore. */
  readonly undone: number;
  /** Units that did not fit between 0 and 32767. */
  readonly dropped: number;
  /** Adjustments whose set had been removed. */
  readonly setsGone: number;
  /** Adjustments the kernel refused otherwise; it makes them itself when this process ends. */
  readonly failed: number;
  /** Units of living holders that were not there any more after a restart. */
  readonly overcommitted: number;
  /** Lines of the ledger's file that could not be read, and were left out. */
  readonly linesSkipped: number;
  /** Changes that could not be written to the file. */
  readonly notWritten: number;
}

/** Counters as they grow; the number of holders is counted where they are. */
export type Tally = { -readonly [Name in Exclude<keyof UndoCounters, "holders">]: number };

export function newTally(): Tally {
  return {
    undone: 0,
    dropped: 0,
    setsGone: 0,
    failed: 0,
    overcommitted: 0,
    linesSkipped: 0,
    notWritten: 0,
  };
}

/** The process, where the holder is one. */
export function processOfHolder(holder: KnownHolder): { readonly process?: ProcessIdentity } {
  return holder.kind === "process" ? { process: holder.process } : {};
}
