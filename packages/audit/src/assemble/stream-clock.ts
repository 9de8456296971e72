import type { AuditStamp } from "../record/audit-record.ts";

/** So many records in a row that are far behind: it was the clock that was ahead. */
const BEHIND = 64;

/**
 * The time of a stream of records: the latest stamp so far, in milliseconds. A call's stamp is from its start, so a long one
 * comes with an old stamp and does not set the clock back. If all are old for a while, the host's clock was set back, or one
 * stamp was from the future, and the clock follows.
 */
export class StreamClock {
  nowMs: number = Number.NEGATIVE_INFINITY;
  readonly #toleranceMs: number;
  #behind = 0;
  #latestBehindMs = Number.NEGATIVE_INFINITY;

  constructor(toleranceMs: number) {
    this.#toleranceMs = toleranceMs;
  }

  /** @returns whether the clock was set back */
  see({ seconds, milliseconds }: AuditStamp): boolean {
    const ms = seconds * 1000 + milliseconds;
    if (ms >= this.nowMs - this.#toleranceMs) {
      if (ms > this.nowMs) this.nowMs = ms;
      this.#behind = 0;
      this.#latestBehindMs = Number.NEGATIVE_INFINITY;
      return false;
    }
    this.#latestBehindMs = Math.max(this.#latestBehindMs, ms);
    if (++this.#behind < BEHIND) return false;
    this.nowMs = this.#latestBehindMs;
    this.#behind = 0;
    this.#latestBehindMs = Number.NEGATIVE_INFINITY;
    return true;
  }
}
