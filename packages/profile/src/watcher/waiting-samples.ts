import type { Program } from "../space/process.ts";
import type { RawStack } from "./process-stacks.ts";

/** A sample as it came, its functions not looked for yet. */
export interface WaitingSample {
  readonly tgid: number;
  readonly tid: number;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly timeNs: bigint;
  readonly cpu: number;
  /** CPU time it stands for, nanoseconds. */
  readonly weightNs: number;
  readonly isKernel: boolean;
  /** What the process ran then. */
  readonly program: Program;
  readonly raw: RawStack;
}

/** Samples that wait for their task to be known and to be over. */
export class WaitingSamples {
  /** By process, then by thread. */
  readonly #processes = new Map<number, Map<number, WaitingSample[]>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(sample: WaitingSample): void {
    const { tgid, tid } = sample;
    let threads = this.#processes.get(tgid);
    if (threads === undefined) this.#processes.set(tgid, (threads = new Map()));
    const samples = threads.get(tid);
    if (samples === undefined) threads.set(tid, [sample]);
    else samples.push(sample);
    this.#size++;
  }

  /** Processes that have any. */
  processes(): IterableIterator<number> {
    return this.#processes.keys();
  }

  has(tgid: number): boolean {
    return this.#processes.has(tgid);
  }

  /** Takes those that are not younger. @param wants which threads' (default: all) */
  take(tgid: number, untilNs: bigint, wants?: (tid: number) => boolean): WaitingSample[] {
    const threads = this.#processes.get(tgid);
    if (threads === undefined) return [];
    const taken: WaitingSample[] = [];
    for (const [tid, samples] of threads) {
      if (wants?.(tid) === false) continue;
      // In order of time, but for late ones.
      const n = samples.findLastIndex(({ timeNs }) => timeNs <= untilNs) + 1;
      for (const sample of samples.splice(0, n)) taken.push(sample);
      if (samples.length === 0) threads.delete(tid);
    }
    if (threads.size === 0) this.#processes.delete(tgid);
    this.#size -= taken.length;
    return taken;
  }
}
