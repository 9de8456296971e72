import { codeOf } from "./give-back.ts";
import { LARGEST_VALUE, type UndoKernel } from "./undo-kernel.ts";

type Adjust = readonly [semaphore: number, adjust: number];

/** What could be had again of a holder's units. */
export interface Retaken {
  readonly adjusts: readonly Adjust[];
  /** Units that were not there any more. */
  readonly overcommitted: number;
}

/** Attempts after which other processes are taken to change a value for ever. */
const ATTEMPTS = 1000;

/**
 * Does once more what a holder had done, semaphore by semaphore, as far as it goes without waiting.
 *
 * @throws an error with `code` `EIDRM` or `EINVAL` when the set is gone, `EACCES`
 */
export function retake(kernel: UndoKernel, set: number, adjusts: readonly Adjust[]): Retaken {
  const taken = adjusts.map(([semaphore, adjust]): Adjust => {
    return [semaphore, retakeOne(kernel, set, semaphore, adjust)];
  });
  const missing = adjusts.map(([, adjust], i) => Math.abs(adjust - (taken[i]?.[1] ?? 0)));
  return {
    adjusts: taken.filter(([, adjust]) => adjust !== 0),
    overcommitted: missing.reduce((sum, units) => sum + units, 0),
  };
}

/** How much of the adjustment there is again. */
function retakeOne(kernel: UndoKernel, set: number, semaphore: number, adjust: number): number {
  for (let n = 0; n < ATTEMPTS; n++) {
    const value = kernel.value(set, semaphore);
    const change = Math.min(Math.max(value - adjust, 0), LARGEST_VALUE) - value;
    if (change === 0) return 0;
    try {
      if (kernel.tryOperate(set, [{ semaphore, change, undo: true }])) return -change;
    } catch (error) {
      if (codeOf(error) !== "ERANGE") throw error;
    }
  }
  return 0;
}
