import { SyscallError } from "@task-watchers/linux";
import { SemaphoreError } from "../set/semaphore-error.ts";
import { Debts } from "./debts.ts";
import { codeOf, giveBack } from "./give-back.ts";
import type { Adjusts } from "./holder-account.ts";
import { type KnownHolder, nameOf } from "./holder-target.ts";
import type { LedgerParts } from "./ledger-parts.ts";
import type { UndoKernel } from "./undo-kernel.ts";
import {
  newTally,
  processOfHolder,
  type Tally,
  type UndoReason,
  type UndoReport,
} from "./undo-report.ts";

/** Gives back, counts it and tells of it. */
export class Returns {
  readonly tally: Tally = newTally();
  readonly #kernel: UndoKernel;
  readonly #now: () => bigint;
  readonly #debts: Debts;
  readonly #listeners = new Set<(report: UndoReport) => void>();

  constructor({ kernel, now }: LedgerParts) {
    this.#kernel = kernel;
    this.#now = now;
    this.#debts = new Debts(kernel);
  }

  onUndo(listener: (report: UndoReport) => void): () => void {
    // Wrapped, so that the same function may listen twice.
    const own = (report: UndoReport): void => listener(report);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Counts adjustments that could not be made. */
  countRefusal(code: string | undefined, adjusts: number): void {
    this.tally[code === "EIDRM" || code === "EINVAL" ? "setsGone" : "failed"] += adjusts;
  }

  give(set: number, semaphore: number, units: number): void {
    try {
      this.#kernel.tryOperate(set, [{ semaphore, change: units, undo: true }]);
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      const { hint } = error;
      throw new SemaphoreError("semop", -error.errno, {
        set,
        semaphore,
        cause: error,
        ...(hint !== undefined && { hint }),
      });
    }
  }

  giveBack(holder: KnownHolder, set: number, adjusts: Adjusts, reason: UndoReason): void {
    const report = (semaphore: number, adjust: number): UndoReport => ({
      timeNs: this.#now(),
      holder: nameOf(holder),
      ...processOfHolder(holder),
      set,
      semaphore,
      adjust,
      dropped: 0,
      reason,
    });
    try {
      for (const given of giveBack(this.#kernel, set, adjusts)) {
        const { semaphore, adjust, dropped, unrecorded } = given;
        if (unrecorded > 0) this.#debts.add(set, semaphore, adjust);
        this.tally.undone++;
        this.tally.dropped += dropped;
        this.#tell({ ...report(semaphore, adjust), dropped });
      }
      this.#debts.settle(set);
    } catch (error) {
      const failed = codeOf(error) ?? "unknown";
      this.countRefusal(failed, adjusts.length);
      for (const [semaphore, adjust] of adjusts)
        this.#tell({ ...report(semaphore, adjust), failed });
    }
  }

  /** A listener that throws must keep nobody's units from going back. */
  #tell(report: UndoReport): void {
    for (const listener of this.#listeners) {
      try {
        listener(report);
      } catch (error) {
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }
}
