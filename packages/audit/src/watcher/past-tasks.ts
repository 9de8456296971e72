import { Fifo } from "./fifo.ts";
import { STAMP_NS, type ToldEvent } from "./told-event.ts";

/** When a process was there. */
export interface TaskSpan {
  /** Stable id of the task. */
  readonly id: string;
  readonly tgid: number;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly startNs: bigint;
  /** Undefined while it lives. */
  readonly endNs: bigint | undefined;
}

/** Whether an event of its pid can be this task's, by the time. */
export function isWithin({ startNs, endNs }: TaskSpan, { fromNs }: ToldEvent): boolean {
  return fromNs + STAMP_NS >= startNs && (endNs === undefined || fromNs <= endNs);
}

interface Past {
  readonly span: TaskSpan;
  readonly sinceNs: bigint;
}

/** Processes that are remembered: more than can end in the time below. */
const MOST = 65_536;
/** An event without an end, as that of a crash, is told when it is two seconds old; the rest is for a host that is busy. */
const AGE_NS = 5_000_000_000n;

/** Processes that were let go: a record may come long after the end, and is theirs still. */
export class PastTasks {
  readonly #byTgid = new Map<number, TaskSpan[]>();
  readonly #queue = new Fifo<Past>();

  add(span: TaskSpan, nowNs: bigint): void {
    const same = this.#byTgid.get(span.tgid);
    if (same === undefined) this.#byTgid.set(span.tgid, [span]);
    else same.push(span);
    this.#queue.push({ span, sinceNs: nowNs });
    if (this.#queue.size > MOST) this.#forgetOldest();
  }

  /** Those of that pid. */
  of(tgid: number): readonly TaskSpan[] {
    return this.#byTgid.get(tgid) ?? [];
  }

  /**
   * Forgets those of which nothing more can come.
   *
   * @param toldNs up to here records have come
   */
  trim(nowNs: bigint, toldNs: bigint): void {
    for (;;) {
      const { oldest } = this.#queue;
      if (oldest === undefined || nowNs - oldest.sinceNs < AGE_NS) return;
      if (toldNs < (oldest.span.endNs ?? 0n) + AGE_NS) return;
      this.#forgetOldest();
    }
  }

  close(): void {
    while (this.#queue.size > 0) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const tgid = this.#queue.shift()?.span.tgid ?? 0;
    const same = this.#byTgid.get(tgid);
    same?.shift();
    if (same?.length === 0) this.#byTgid.delete(tgid);
  }
}
