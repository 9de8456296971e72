import type { ProcEventListener } from "@task-watchers/tasks";

type Arguments = Parameters<ProcEventListener>;

/** One event, as `ProcEventListener` has it, and up to where the ring had been written when it was read. */
interface PendingEvent {
  readonly event: Arguments;
  readonly timeNs: bigint;
  readonly writtenThen: number;
}

/** Events kept at most; what is beyond is told at once, out of its order, rather than lost. */
const KEPT = 65_536;

/**
 * Events that came another way than through the ring, until it is their turn.
 *
 * Both ways carry CLOCK_MONOTONIC. A task's record is in the ring, and its time taken, before the task goes on; so every record in front of
 * it there has an earlier time than whatever the task does next, and an event goes before the first record that has a later time than its own. Of
 * an event that was read before the records were looked at, no later record of its task has been told yet; and once all is told that was written when the event was read,
 * no earlier one is missing.
 */
export class PendingEvents {
  readonly #tell: ProcEventListener;
  #queue: PendingEvent[] = [];
  #next = 0;

  constructor(tell: ProcEventListener) {
    this.#tell = tell;
  }

  get length(): number {
    return this.#queue.length - this.#next;
  }

  /** @param written bytes written to the ring by now */
  add(event: Arguments, written: number): void {
    if (this.length >= KEPT) this.#shift();
    this.#queue.push({ event, timeNs: event[5], writtenThen: written });
  }

  /** Tells those that come before a record of this time. */
  before(timeNs: bigint): void {
    for (let at = this.#first; at !== undefined && at.timeNs <= timeNs; at = this.#first) {
      this.#shift();
    }
  }

  /** Tells those that no record up to here belongs after. @param told bytes of the ring told */
  until(told: number): void {
    for (let at = this.#first; at !== undefined && at.writtenThen <= told; at = this.#first) {
      this.#shift();
    }
  }

  clear(): void {
    this.#queue = [];
    this.#next = 0;
  }

  get #first(): PendingEvent | undefined {
    return this.#queue[this.#next];
  }

  #shift(): void {
    const first = this.#queue[this.#next++];
    if (this.#next === this.#queue.length) this.clear();
    if (first !== undefined) this.#tell(...first.event);
  }
}
