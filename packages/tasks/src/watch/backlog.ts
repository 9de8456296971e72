import type { Loss } from "../connector/loss.ts";

/** Events dropped for a slow watcher's sake and not reported yet, and when that began. */
export class Backlog {
  #untold = 0;
  #toldNs: bigint;

  constructor(nowNs: bigint) {
    this.#toldNs = nowNs;
  }

  dropped(): void {
    this.#untold++;
  }

  /** What was dropped since this was last asked; undefined when nothing was. */
  take(untilNs: bigint): Loss | undefined {
    const [count, sinceNs] = [this.#untold, this.#toldNs];
    this.#untold = 0;
    this.#toldNs = untilNs;
    return count > 0 ? { reason: "backlog", count, sinceNs, untilNs } : undefined;
  }
}
