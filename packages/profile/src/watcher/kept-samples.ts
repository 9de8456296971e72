import type { Sample } from "../profile/cpu-profile.ts";

/** The same, to be added to. */
export type KeptSample = { -readonly [K in keyof Sample]: Sample[K] };

/** Samples one by one up to a limit, and sums beyond. */
export class KeptSamples {
  readonly #limit: number;
  readonly #samples: KeptSample[] = [];
  /** By task and stack; only once the limit was reached. */
  #sums: Map<string, KeptSample> | undefined;
  /** Samples that were added to others. */
  added = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#samples.length;
  }

  /**
   * @param sample kept as it is, and added to: nobody else's
   * @param sums the stack that what has no place of its own is added up in, of each task
   */
  add(sample: KeptSample, sums: () => number): void {
    if (this.#samples.length < this.#limit) {
      this.#samples.push(sample);
      return;
    }
    this.added++;
    this.#sums ??= new Map(this.#samples.map((kept) => [keyOf(kept.task, kept.stack), kept]));
    const key = keyOf(sample.task, sample.stack);
    const kept = this.#sums.get(key) ?? this.#sums.get(keyOf(sample.task, sums()));
    if (kept !== undefined) {
      kept.weightNs += sample.weightNs;
      return;
    }
    const first = { ...sample, stack: sums() };
    this.#samples.push(first);
    this.#sums.set(keyOf(first.task, first.stack), first);
  }

  /** In order of time. */
  sorted(): readonly Sample[] {
    return this.#samples.toSorted((a, b) =>
      a.timeNs < b.timeNs ? -1 : Number(a.timeNs > b.timeNs),
    );
  }
}

function keyOf(task: number, stack: number): string {
  return `${task}:${stack}`;
}
