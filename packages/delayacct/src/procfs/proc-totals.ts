import { addFigures, type Figures } from "../watcher/figures.ts";
import type { ProcLook } from "./proc-look.ts";

/** What is known of a process after all looks so far: a thread that is gone counts as it was seen last. */
export class ProcTotals {
  /** Start time, ticks of 1/100 s since boot. */
  readonly startTicks: number;
  #process: Readonly<Figures> = {};
  #threads: ReadonlyMap<number, Readonly<Figures>> = new Map();
  #gone: Figures = {};
  #reasons: Readonly<Record<string, string>> = {};

  constructor(startTicks: number) {
    this.startTicks = startTicks;
  }

  /** @returns false when the pid is another process's now */
  add(look: ProcLook): boolean {
    if (look.startTicks !== this.startTicks) return false;
    // One that has ended shows less: what was seen before stays.
    this.#process = { ...this.#process, ...look.process };
    for (const [tid, figures] of this.#threads) {
      if (!look.threads.has(tid) && look.threadsLeftOut === 0) {
        this.#gone = addFigures(this.#gone, figures);
      }
    }
    this.#threads =
      look.threadsLeftOut === 0 ? look.threads : new Map([...this.#threads, ...look.threads]);
    this.#reasons = look.reasons;
    if (look.threadsLeftOut > 0) {
      const reason = "too-many-threads";
      this.#reasons = { ...look.reasons, onCpuNs: reason, waitCpuNs: reason, blkioNs: reason };
    }
    return true;
  }

  figures(): Figures {
    let sum = addFigures(this.#process, this.#gone);
    for (const thread of this.#threads.values()) sum = addFigures(sum, thread);
    return sum;
  }

  /** Why figures are absent, by name; one that is there all the same is too small. */
  get reasons(): Readonly<Record<string, string>> {
    return this.#reasons;
  }
}
