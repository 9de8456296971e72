/** Part of one CPU's time that looking may take. */
const PART = 0.05;
/** What may be spent at once, milliseconds. */
const BURST_MS = 50;

/** Time that may be spent, as it comes in. */
export class Budget {
  readonly #nowMs: () => number;
  #leftMs = BURST_MS;
  #sinceMs: number;

  /** @param nowMs a clock that does not go back, milliseconds */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#sinceMs = nowMs();
  }

  /** Does something unless there is no time left; it counts as long as it takes. @returns undefined when not done */
  spend<T>(work: () => T): T | undefined {
    const beginMs = this.#nowMs();
    this.#leftMs = Math.min(BURST_MS, this.#leftMs + (beginMs - this.#sinceMs) * PART);
    this.#sinceMs = beginMs;
    if (this.#leftMs <= 0) return undefined;
    const result = work();
    this.#leftMs -= this.#nowMs() - beginMs;
    return result;
  }
}
