import type { Arrival } from "./arrival.ts";

/** How many are kept, and for how long. */
export interface LooseLimits {
  readonly count: number;
  readonly ageNs: bigint;
}

interface Loose {
  readonly key: number;
  readonly arrival: Arrival;
  isTaken: boolean;
}

/**
 * Records of no task known yet: of a task whose beginning has not been told so far, or of one that nobody watches. The
 * oldest go first when there are too many, and any that is too old.
 */
export class LooseRecords {
  readonly #limits: LooseLimits;
  readonly #byKey = new Map<number, Loose[]>();
  #queue: Loose[] = [];
  #head = 0;
  #size = 0;
  #dropped = 0;
  #droppedNs = 0n;

  constructor(limits: LooseLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** Records that nobody took. */
  get dropped(): number {
    return this.#dropped;
  }

  /** CLOCK_MONOTONIC, nanoseconds: when the newest of those that nobody took was read; 0 when there is none. */
  get droppedNs(): bigint {
    return this.#droppedNs;
  }

  /** Nobody will take those that are left. */
  close(): void {
    this.#dropped += this.#size;
    this.#size = 0;
    this.#byKey.clear();
    this.#queue = [];
    this.#head = 0;
  }

  add(key: number, arrival: Arrival): void {
    const loose = { key, arrival, isTaken: false };
    const others = this.#byKey.get(key);
    if (others === undefined) this.#byKey.set(key, [loose]);
    else others.push(loose);
    this.#queue.push(loose);
    this.#size++;
    this.#trim(arrival.arrivedNs);
  }

  /** Takes those that are wanted, oldest first. */
  take(key: number, wants: (arrival: Arrival) => boolean): Arrival[] {
    const candidates = this.#byKey.get(key);
    if (candidates === undefined) return [];
    const taken = candidates.filter((loose) => !loose.isTaken && wants(loose.arrival));
    for (const loose of taken) loose.isTaken = true;
    this.#size -= taken.length;
    this.#keep(key, candidates);
    return taken.map(({ arrival }) => arrival);
  }

  #keep(key: number, candidates: readonly Loose[]): void {
    const left = candidates.filter(({ isTaken }) => !isTaken);
    if (left.length === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, left);
  }

  #trim(nowNs: bigint): void {
    for (;;) {
      const oldest = this.#queue[this.#head];
      if (oldest === undefined) break;
      const isOld = nowNs - oldest.arrival.arrivedNs > this.#limits.ageNs;
      if (!oldest.isTaken && !isOld && this.#size <= this.#limits.count) break;
      this.#head++;
      if (!oldest.isTaken) this.#drop(oldest);
    }
    if (this.#head < 1024 || this.#head * 2 < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }

  #drop(loose: Loose): void {
    loose.isTaken = true;
    this.#size--;
    this.#dropped++;
    const { arrivedNs } = loose.arrival;
    if (arrivedNs > this.#droppedNs) this.#droppedNs = arrivedNs;
    const candidates = this.#byKey.get(loose.key);
    if (candidates !== undefined) this.#keep(loose.key, candidates);
  }
}
