import { SHARES } from "../../model/shares.ts";
import type { Report } from "../report.ts";

const WIDTH = SHARES.length + 1;

/** Where each task's time went, as parts of its bar: worked out once, as it is drawn again and again. */
export class ShareTable {
  /** Ends of the parts, each from 0 to 1; the first is where the first begins. */
  readonly #ends: Float32Array;
  readonly #largest: Int8Array;

  constructor(report: Report) {
    this.#ends = new Float32Array(report.tasks.length * WIDTH);
    this.#largest = new Int8Array(report.tasks.length).fill(-1);
    for (const { index } of report.tasks) {
      const shares = report.shares(index);
      const whole = shares && SHARES.reduce((sum, name) => sum + shares[name], 0);
      if (!shares || !whole) continue;
      let [sum, most] = [0, -1];
      SHARES.forEach((name, i) => {
        if (shares[name] > most) [most, this.#largest[index]] = [shares[name], i];
        sum += shares[name];
        this.#ends[index * WIDTH + i + 1] = sum / whole;
      });
    }
  }

  has(index: number): boolean {
    return (this.#largest[index] ?? -1) >= 0;
  }

  /** Place of the largest share. */
  largest(index: number): number {
    return this.#largest[index] ?? 0;
  }

  /** Where a share begins and ends, as parts of the bar. */
  span(index: number, share: number): readonly [start: number, end: number] {
    const place = index * WIDTH + share;
    return [this.#ends[place] ?? 0, this.#ends[place + 1] ?? 0];
  }
}
