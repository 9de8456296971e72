import type { Hold } from "../set/types.ts";
import type { HolderTarget } from "./holder-target.ts";
import type { UndoHolder } from "./undo-holder.ts";
import type { UndoCounters, UndoReport } from "./undo-report.ts";
import type { UndoableSet } from "./undoable-set.ts";

/** What a restart found out about one set. */
export interface Restored {
  /** Holders that live, and have their units again. */
  readonly living: number;
  /** Holders that have died meanwhile: the kernel gave their units back when our process did. */
  readonly dead: number;
  /** Units of living holders that were not there any more: others took them while we were away. */
  readonly overcommitted: number;
}

/**
 * What each holder holds, and goes back when it ends: a process, a worker thread or a scope, none of which need know of
 * semaphores. The operations are this process's own, with undo, so that the kernel takes them back should it die; when a holder
 * ends, the values get back what it held, clamped to 0 … 32767 as the kernel does it for processes of its own.
 *
 * Nothing is known here of SETVAL and SETALL by others, which make the kernel forget what it would give back: a holder's end
 * still gives it back.
 */
export interface UndoLedger extends Disposable {
  /**
   * A holder. Nothing is opened before its first operation.
   *
   * @throws TypeError or RangeError when it can be none; SemaphoreError `ESRCH` when it has ended
   */
  holder(target: HolderTarget): UndoHolder;
  /** A holder whose life is a scope: `using scope = ledger.scope()`. */
  scope(): UndoHolder;
  /**
   * Lets another holder have what a hold of this ledger has; nobody can take it in between. The old hold is then void.
   *
   * @throws TypeError when the hold is not of a ledger; SemaphoreError `EALREADY` when it is void, `ESRCH` when the holder has
   *   ended: then all is as before
   */
  move(hold: Hold, target: HolderTarget): Hold;
  /** Those that hold something now. */
  holders(): UndoHolder[];
  counters(): UndoCounters;
  /** Tells of everything that goes back, until the function returned is called. */
  onUndo(listener: (report: UndoReport) => void): () => void;
  /**
   * With a file: takes the units again that living holders had on this set before a restart, as far as they are there.
   * Happens by itself at the first operation on the set. Then, and without a file, nothing.
   */
  restore(set: Pick<UndoableSet, "id">): Restored;
  /** Holders that are processes keep this process alive. This is the default. */
  ref(): void;
  unref(): void;
  /** Gives everything back and ends waits with `ECANCELED`. Safe twice. */
  close(): void;
}
