import type { Hold, OperateOptions, SemaphoreStep } from "../set/types.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import type { UndoableSet } from "./undoable-set.ts";

/** How units are taken for a holder. */
export interface AcquireForOptions extends Omit<OperateOptions, "undo"> {
  /** Units to take, from 1 (default 1). */
  readonly units?: number;
}

/** What a holder holds on one semaphore. */
export interface HeldUnits {
  /** Id of the set. */
  readonly set: number;
  /** Index in the set. */
  readonly semaphore: number;
  /** What its end adds to the value. */
  readonly adjust: number;
}

/**
 * One holder in a ledger. Whatever is done through it goes back when the holder ends, or when this process does, however it
 * dies. From its first operation until nothing is left, a descriptor waits for the holder's end.
 */
export interface UndoHolder extends Disposable {
  /** `process 7`, `worker 2` or `scope`: for people. */
  readonly name: string;
  /** Absent for workers and scopes. */
  readonly process?: ProcessIdentity;
  /** What it holds now. */
  held(): readonly HeldUnits[];
  /**
   * As `tryOperate` of the set, with undo.
   *
   * @throws SemaphoreError `ESRCH` when the holder has ended, `ERANGE` when it would hold too much: nothing was done;
   *   SyscallError `EMFILE` at the descriptor limit; else as the set
   */
  tryOperate(set: UndoableSet, steps: readonly SemaphoreStep[]): boolean;
  /** As `operate` of the set, with undo. @throws (rejects) as `tryOperate`; `ESRCH` also when it ends while we wait */
  operate(
    set: UndoableSet,
    steps: readonly SemaphoreStep[],
    options?: Omit<OperateOptions, "undo">,
  ): Promise<void>;
  /** Takes units for the holder; waits for them. */
  acquire(set: UndoableSet, semaphore: number, options?: AcquireForOptions): Promise<Hold>;
  /** Takes units for the holder if they are there. @param units (default 1) */
  tryAcquire(set: UndoableSet, semaphore: number, units?: number): Hold | undefined;
  /** Gives everything back now, clamped to 0 … 32767; never waits. Disposing does the same. */
  release(): void;
}
