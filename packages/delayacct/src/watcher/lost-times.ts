import type { ExitLoss } from "../taskstats/exit-record.ts";

interface Span {
  sinceNs: bigint;
  untilNs: bigint;
}

/** Spans remembered, overlapping ones as one; a task asks about one that has just been. */
const SPANS = 1024;

/** When records were lost. */
export class LostTimes {
  #spans: Span[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add({ sinceNs, untilNs, count }: ExitLoss): void {
    this.#count += count;
    const last = this.#spans.at(-1);
    if (last !== undefined && sinceNs <= last.untilNs && untilNs >= last.sinceNs) {
      if (sinceNs < last.sinceNs) last.sinceNs = sinceNs;
      if (untilNs > last.untilNs) last.untilNs = untilNs;
      return;
    }
    this.#spans.push({ sinceNs, untilNs });
    if (this.#spans.length > SPANS) this.#spans.shift();
  }

  /** Whether a record made in that time, or at that moment, may be among those lost. */
  covers(toNs: bigint, fromNs: bigint = toNs): boolean {
    return this.#spans.some(({ sinceNs, untilNs }) => sinceNs <= toNs && fromNs <= untilNs);
  }
}
