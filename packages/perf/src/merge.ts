import type { PerfRecord } from "./record.ts";

/** Whatever has its time. */
export interface Timed {
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly timeNs: bigint;
}

/** Records of one ring, in the order they came, less those before `head`. */
interface Queue<R> {
  readonly records: R[];
  head: number;
}

/** Records told that a queue may still hold before they are let go. */
const SLACK = 1024;

/** Puts records of several rings, each in order of time or nearly so, in one order. */
export class RecordMerge<R extends Timed = PerfRecord> {
  readonly #tell: (record: R) => void;
  readonly #queues: Queue<R>[] = [];
  #toldNs = 0n;
  /** Records that came after younger ones had been told. */
  late = 0;

  constructor(tell: (record: R) => void) {
    this.#tell = tell;
  }

  /** Records that wait for the others of their time. */
  get waiting(): number {
    return this.#queues.reduce((n, { records, head }) => n + records.length - head, 0);
  }

  /** @param ring number of the ring it is from, 0 and up */
  add(record: R, ring: number): void {
    let queue = this.#queues[ring];
    if (queue === undefined) this.#queues[ring] = queue = { records: [], head: 0 };
    queue.records.push(record);
  }

  /**
   * Tells, in order, all that is not younger; costs nothing for what is.
   *
   * @param untilNs CLOCK_MONOTONIC, nanoseconds
   */
  tellUntil(untilNs: bigint): void {
    const ready: R[] = [];
    for (const queue of this.#queues) if (queue !== undefined) take(queue, untilNs, ready);
    // Stable: what one ring tells of one instant stays in its order.
    for (const record of ready.sort(byTime)) {
      if (record.timeNs < this.#toldNs) this.late++;
      else this.#toldNs = record.timeNs;
      this.#tell(record);
    }
  }
}

function take<R extends Timed>(queue: Queue<R>, untilNs: bigint, ready: R[]): void {
  const { records } = queue;
  for (; queue.head < records.length; queue.head++) {
    const record = records[queue.head];
    if (record === undefined || record.timeNs > untilNs) break;
    ready.push(record);
  }
  if (queue.head === records.length || queue.head > SLACK) {
    records.splice(0, queue.head);
    queue.head = 0;
  }
}

function byTime(a: Timed, b: Timed): number {
  return a.timeNs < b.timeNs ? -1 : Number(a.timeNs > b.timeNs);
}
