/** Serials that are looked at together. CPUs take serials and send records independently: neighbours come in any order. */
const WINDOW = 8192;
const MASK = WINDOW - 1;
/** A jump by more is no gap: another boot, or another log. As go-libaudit has it. */
const JUMP = 1 << 24;

/**
 * Counts the serials that never came. A serial is taken with the first record of an event, and every event takes the next
 * one: to a reader to whom the kernel sends everything, a missing one is an event that was lost whole. 32 bits, wrapping.
 */
export class Serials {
  /** Serials that were passed over for good. */
  missing = 0;
  /** Times that counting began anew. */
  restarts = 0;
  readonly #seen = new Uint8Array(WINDOW);
  /** The lowest that is not settled, and the highest that was seen. */
  #from: number | undefined;
  #high = 0;
  #mark: number | undefined;

  see(serial: number): void {
    if (this.#from === undefined) return this.#begin(serial);
    const ahead = (serial - this.#from) | 0;
    if (ahead > JUMP || ahead < -JUMP) {
      this.settle();
      this.restarts++;
      return this.#begin(serial);
    }
    // Settled already: if it was taken for missing, it came a whole window late.
    if (ahead < 0) return;
    if (ahead >= WINDOW) this.#settleBelow((serial - WINDOW + 1) >>> 0);
    this.#seen[serial & MASK] = 1;
    if (((serial - this.#high) | 0) > 0) this.#high = serial;
  }

  /** Settles what was open when `mark` was called last: those were given their time. */
  settleMarked(): void {
    if (this.#mark !== undefined) this.#settleBelow(this.#mark);
  }

  /** What is open now will be settled by the next `settleMarked`. */
  mark(): void {
    if (this.#from !== undefined) this.#mark = (this.#high + 1) >>> 0;
  }

  /** Settles everything up to the highest that was seen. */
  settle(): void {
    if (this.#from !== undefined) this.#settleBelow((this.#high + 1) >>> 0);
  }

  #begin(serial: number): void {
    this.#seen.fill(0);
    this.#from = serial;
    this.#high = serial;
    this.#mark = undefined;
    this.#seen[serial & MASK] = 1;
  }

  #settleBelow(end: number): void {
    const from = this.#from ?? end;
    const count = (end - from) | 0;
    if (count <= 0) return;
    const inWindow = Math.min(count, WINDOW);
    for (let at = 0; at < inWindow; at++) {
      const slot = (from + at) & MASK;
      if (this.#seen[slot] === 0) this.missing++;
      this.#seen[slot] = 0;
    }
    this.missing += count - inWindow;
    this.#from = end;
  }
}
