import type { Loss } from "@task-watchers/tasks";
import type { Evidence } from "./evidence.ts";

/** How often the count of what was lost is read without a sign of it, nanoseconds. */
const COUNT_NS = 1_000_000_000n;

/** Finds out when something was lost. */
export class Losses {
  #countedNs: bigint;
  #told = 0;

  /** @param nowNs CLOCK_MONOTONIC: nothing was lost before */
  constructor(nowNs: bigint) {
    this.#countedNs = nowNs;
  }

  /** What was lost since this was last asked, if anything. @param isLast whether it may be asked no more */
  take(evidence: Evidence, nowNs: bigint, isLast: boolean): Loss | undefined {
    const isDue = evidence.noticedLoss() || nowNs - this.#countedNs >= COUNT_NS;
    if (!isDue && !isLast) return undefined;
    const sinceNs = this.#countedNs;
    this.#countedNs = nowNs;
    const count = evidence.lost - this.#told;
    if (count <= 0) return undefined;
    this.#told += count;
    return { reason: "overrun", count, sinceNs, untilNs: nowNs };
  }
}
