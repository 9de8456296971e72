import { addFigures, type Figures } from "./figures.ts";
import { addShares, NO_SHARES, shareOut, type Shares } from "./shares.ts";

/** What a task, or several together, took, and what they waited for. */
export interface Accounting extends Readonly<Figures> {
  /** How many tasks it is of. */
  readonly tasks: number;
  /** Where the time went: adds up to `wallNs`, all zero where that is absent. */
  readonly shares: Shares;
  /** By how much the figures are more than the shares, nanoseconds; see `shareOut`. */
  readonly overlapNs: bigint;
  /**
   * Why figures are absent, by name. `record` means that the kernel's record of the task is. Of several tasks a figure may
   * be there and here: then it is of those that have it, and too small.
   */
  readonly missing: Readonly<Record<string, string>>;
}

/** No task. */
export const NOTHING: Accounting = { tasks: 0, shares: NO_SHARES, overlapNs: 0n, missing: {} };

/** The accounting of one task. */
export function account(
  figures: Readonly<Figures>,
  missing: Readonly<Record<string, string>> = {},
): Accounting {
  const { shares, overlapNs } = shareOut(figures);
  // Figures last: of an object that begins with a spread V8 makes a hidden class each time, and this is done at each exit.
  return { tasks: 1, shares, overlapNs, missing, ...figures };
}

/** Both together, as of a command that ran twice. Peak memory is the larger one, everything else the sum. */
export function add(a: Accounting, b: Accounting): Accounting {
  return {
    ...addFigures(a, b),
    tasks: a.tasks + b.tasks,
    shares: addShares(a.shares, b.shares),
    overlapNs: a.overlapNs + b.overlapNs,
    missing: { ...b.missing, ...a.missing },
  };
}
