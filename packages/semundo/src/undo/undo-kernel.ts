/** One step on one semaphore. */
export interface UndoStep {
  /** Index in the set, from 0. */
  readonly semaphore: number;
  /** What to add to the value. */
  readonly change: number;
  /** Whether the kernel takes it back when this process ends. */
  readonly undo: boolean;
}

/** What giving back asks of the kernel; sets by id, so that it works when the set's object was closed. */
export interface UndoKernel {
  /**
   * Makes all steps, in their order, at once or not at all.
   *
   * @returns false when it would have to wait
   * @throws an error whose `code` is `ERANGE`, `EIDRM`, `EINVAL` or another of semop(2)
   */
  tryOperate(set: number, steps: readonly UndoStep[]): boolean;
  /** The value of one semaphore. */
  value(set: number, semaphore: number): number;
}

/** SEMVMX, the largest value of a semaphore (include/uapi/linux/sem.h). */
export const LARGEST_VALUE = 32_767;
/** SEMAEM, what a record of undo may hold at most; at least one lower than its negative. */
export const LARGEST_ADJUST = 32_767;
/** The lower end of what a record of undo may hold. */
export const SMALLEST_ADJUST = -32_768;
