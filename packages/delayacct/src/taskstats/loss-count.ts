/**
 * Counts what the kernel sent and one socket did not get, from two numbers: gaps in the sequence of one CPU's records,
 * which show a loss in its place but only with the next record, and the socket's drop counter, which shows it at once.
 */
export class LossCount {
  #last: number | undefined;
  #missing = 0;
  #drops = 0;
  #seen: number;
  #told = 0;

  /** @param drops the drop counter now */
  constructor(drops: number) {
    this.#seen = drops;
  }

  /** Takes note of a record's number, 32 bits wide, and says how many before it are lost and not told yet. */
  sequence(sequence: number): number {
    const last = this.#last;
    this.#last = sequence;
    if (last === undefined) {
      // What was lost before the first record leaves no gap.
      this.#missing = this.#told;
      return 0;
    }
    const gap = (sequence - last - 1) >>> 0;
    // A number that goes back is no gap of four billion.
    if (gap < 0x8000_0000) this.#missing += gap;
    return this.#tell(this.#missing);
  }

  /** Takes note of the drop counter, which wraps at 2^32, and says how many are lost and not told yet. */
  drops(counter: number): number {
    this.#drops += (counter - this.#seen) >>> 0;
    this.#seen = counter;
    return this.#tell(this.#drops);
  }

  /** Leaves out of the drop counter what was no record. */
  forgive(count: number): void {
    this.#seen = (this.#seen + count) >>> 0;
  }

  #tell(total: number): number {
    const fresh = Math.max(0, total - this.#told);
    this.#told += fresh;
    return fresh;
  }
}
