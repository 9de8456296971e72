import type { ExecEvent } from "@task-watchers/chain";
import { STAMP_NS } from "./told-event.ts";

/**
 * When the record of each of a task's execs was made. A record is stamped as its call begins: before an event that is told when
 * the exec is done, but after one that was told while the task stood still before the call.
 */
export class ExecTimes {
  readonly #execs: readonly ExecEvent[];
  readonly #nextNs: bigint | undefined;

  /**
   * @param execs in the order of time
   * @param nextNs time of the exec after those; undefined when there is none
   */
  constructor(execs: readonly ExecEvent[], nextNs: bigint | undefined) {
    this.#execs = execs;
    this.#nextNs = nextNs;
  }

  /** Whether a record stamped so can be this exec's. All that it can be of stand side by side. */
  fits(fromNs: bigint, n: number): boolean {
    const untilNs = this.untilNs(n);
    return fromNs + STAMP_NS >= this.#sinceNs(n) && (untilNs === undefined || fromNs <= untilNs);
  }

  /** The first exec whose record may have been made then or later. */
  first(fromNs: bigint): number {
    let [low, high] = [0, this.#execs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const untilNs = this.untilNs(middle);
      if (untilNs !== undefined && untilNs < fromNs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The record was made by then; undefined when it may have been made at any time later. */
  untilNs(n: number): bigint | undefined {
    return this.#stood(n) ? (this.#execs[n + 1]?.timeNs ?? this.#nextNs) : this.#execs[n]?.timeNs;
  }

  #sinceNs(n: number): bigint {
    return this.#execs[this.#stood(n) ? n : n - 1]?.timeNs ?? 0n;
  }

  /** Its time is that of a stop. One that was bound to fail and ran all the same is told as done, with the time of its stop. */
  #stood(n: number): boolean {
    const exec = this.#execs[n];
    return exec?.stopped === true || exec?.source === "stop";
  }
}
