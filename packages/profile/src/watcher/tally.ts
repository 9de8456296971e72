/** Samples of one function as the one that ran. */
export interface SelfTime {
  readonly frame: number;
  samples: number;
  ns: number;
}

/** Samples added up: of a task, or of a command. */
export class Tally {
  samples = 0;
  /** CPU time, nanoseconds. */
  userNs = 0;
  kernelNs = 0;
  /** By the number of the function that ran. */
  readonly #self = new Map<number, SelfTime>();

  get cpuNs(): number {
    return this.userNs + this.kernelNs;
  }

  add(frame: number, weightNs: number, isKernel: boolean): void {
    this.samples++;
    if (isKernel) this.kernelNs += weightNs;
    else this.userNs += weightNs;
    const self = this.#self.get(frame);
    if (self === undefined) {
      this.#self.set(frame, { frame, samples: 1, ns: weightNs });
      return;
    }
    self.samples++;
    self.ns += weightNs;
  }

  /** Time of each function itself, in no order. */
  self(): IterableIterator<Readonly<SelfTime>> {
    return this.#self.values();
  }
}
