/** A second, milliseconds. */
const WINDOW_MS = 1000;

/** Bounds the time that looks into /proc take: those that come when it is used up have to do without. */
export class LookBudget {
  readonly #budgetMs: number;
  #windowMs = Number.NEGATIVE_INFINITY;
  #spentMs = 0;
  /** Looks that there was no time for. */
  refused = 0;

  /** @param budgetMs in each second */
  constructor(budgetMs: number) {
    this.#budgetMs = budgetMs;
  }

  /** Looks, unless the time of this second is used up. */
  look<T>(look: () => T): T | "refused" {
    const beginMs = performance.now();
    if (beginMs - this.#windowMs >= WINDOW_MS) {
      this.#windowMs = beginMs;
      this.#spentMs = 0;
    }
    if (this.#spentMs >= this.#budgetMs) {
      this.refused++;
      return "refused";
    }
    try {
      return look();
    } finally {
      this.#spentMs += performance.now() - beginMs;
    }
  }
}
