import { codeOf, recordOnly } from "./give-back.ts";
import { LARGEST_ADJUST, type UndoKernel } from "./undo-kernel.ts";

/**
 * Adjustments that were made while the kernel's record of this process had no room for them. They are taken out of it as soon
 * as it has: otherwise the kernel would make them once more when this process ends.
 */
export class Debts {
  readonly #kernel: UndoKernel;
  readonly #bySet = new Map<number, Map<number, number>>();

  constructor(kernel: UndoKernel) {
    this.#kernel = kernel;
  }

  add(set: number, semaphore: number, adjust: number): void {
    const debts = this.#bySet.get(set) ?? new Map<number, number>();
    debts.set(semaphore, (debts.get(semaphore) ?? 0) + adjust);
    this.#bySet.set(set, debts);
  }

  /** What is still to be taken out, by semaphore. */
  of(set: number): ReadonlyMap<number, number> {
    return this.#bySet.get(set) ?? new Map<number, number>();
  }

  /** Tries; a set that is gone owes nothing. */
  settle(set: number): void {
    const debts = this.#bySet.get(set);
    if (debts === undefined) return;
    for (const [semaphore, adjust] of debts) {
      // One step of semop(2) holds 16 bits.
      const part = Math.min(Math.max(adjust, -LARGEST_ADJUST), LARGEST_ADJUST);
      if (part !== 0 && !this.#settled(set, semaphore, part)) continue;
      if (adjust === part) debts.delete(semaphore);
      else debts.set(semaphore, adjust - part);
    }
    if (debts.size === 0) this.#bySet.delete(set);
  }

  #settled(set: number, semaphore: number, adjust: number): boolean {
    try {
      return this.#kernel.tryOperate(set, recordOnly(semaphore, adjust));
    } catch (error) {
      return codeOf(error) !== "ERANGE";
    }
  }
}
