import type { LostEvent } from "../event/proc-event.ts";
import type { BoundedQueue } from "../stream/bounded-queue.ts";
import { eventQueue } from "../stream/event-queue.ts";
import type { EventLine } from "./event-text.ts";

/** Characters of lines that wait: any user can start programs with arguments of 64 KiB, and a line of them may be six times that. */
const MAX_CHARACTERS = 33_554_432;

/**
 * Lines that wait for one listener: bounded in number and in size, with a loss where some were dropped. The last quarter of
 * both is kept for exits.
 */
export class SessionQueue {
  readonly #queue: BoundedQueue<EventLine | LostEvent>;

  constructor(limit: number, maxCharacters: number = MAX_CHARACTERS) {
    const of = (item: EventLine | LostEvent): number => ("text" in item ? item.text.length : 0);
    this.#queue = eventQueue<EventLine>(limit, { max: maxCharacters, of });
  }

  /** Lines that wait, losses included. */
  get length(): number {
    return this.#queue.length;
  }

  /** Events dropped ever. */
  get dropped(): number {
    return this.#queue.dropped;
  }

  push(item: EventLine | LostEvent): void {
    this.#queue.push(item);
  }

  /** The oldest line; undefined when none waits. */
  shift(): EventLine | LostEvent | undefined {
    return this.#queue.shift();
  }
}
