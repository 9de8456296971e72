import type { Accounting } from "../watcher/accounting.ts";
import { FIGURE_NAMES, type FigureName, FIGURES, type Figures } from "../watcher/figures.ts";
import { NO_SHARES, SHARE_NAMES, type ShareName } from "../watcher/shares.ts";

/** Adds up accountings in place: `add` makes a new one each time, which is too slow for every exit of a busy host. */
export class Tally {
  #tasks = 0;
  #overlapNs = 0n;
  readonly #figures: Figures = {};
  readonly #shares: { -readonly [name in ShareName]: bigint } = { ...NO_SHARES };
  readonly #missing: Record<string, string> = {};

  add(accounting: Accounting): void {
    const { tasks, shares, overlapNs, missing } = accounting;
    this.#tasks += tasks;
    this.#overlapNs += overlapNs;
    for (const name of FIGURE_NAMES) this.#addFigure(name, accounting[name]);
    for (const name of SHARE_NAMES) {
      if (shares[name] !== 0n) this.#shares[name] += shares[name];
    }
    for (const [name, reason] of Object.entries(missing)) this.#missing[name] ??= reason;
  }

  /** All together, as `add` would give it. */
  get accounting(): Accounting {
    return {
      ...this.#figures,
      tasks: this.#tasks,
      shares: { ...this.#shares },
      overlapNs: this.#overlapNs,
      missing: { ...this.#missing },
    };
  }

  #addFigure(name: FigureName, value: bigint | undefined): void {
    if (value === undefined) return;
    const before = this.#figures[name];
    if (before === undefined) this.#figures[name] = value;
    else if (FIGURES[name] === "sum") this.#figures[name] = before + value;
    else if (value > before) this.#figures[name] = value;
  }
}
