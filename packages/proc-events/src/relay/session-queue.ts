import type { LostEvent } from "../event/proc-event.ts";
import type { BoundedQueue } from "../stream/bounded-queue.ts";
import { eventQueue } from "../stream/event-queue.ts";
import type { EventLine } from "./event-text.ts";

/** Characters of lines that wait: any user can start programs with arguments of 64 KiB, and a line of them may be six times that. */
const MAX_CHARACTERS = 33_554_432;

/** Lines that wait for one listener: bounded in number and in size, with a loss where some were dropped. */
export class SessionQueue {
  readonly #queue: BoundedQueue<EventLine | LostEvent>;
  readonly #maxCharacters: number;
  #characters = 0;
  /** What was dropped for its size since the last line that was taken in. */
  #tooMuch: LostEvent | undefined;
  #dropped = 0;

  constructor(limit: number, maxCharacters: number = MAX_CHARACTERS) {
    this.#queue = eventQueue<EventLine>(limit);
    this.#maxCharacters = maxCharacters;
  }

  /** Lines that wait, losses included. */
  get length(): number {
    return this.#queue.length + (this.#tooMuch ? 1 : 0);
  }

  /** Events dropped ever. */
  get dropped(): number {
    return this.#dropped;
  }

  push(item: EventLine | LostEvent): void {
    if (item.type === "lost") {
      this.#append(item);
    } else if (this.#characters + item.text.length > this.#maxCharacters) {
      this.#dropped++;
      this.#tooMuch = joined(this.#tooMuch, item.timeNs);
    } else if (this.#append(item)) {
      this.#characters += item.text.length;
    } else {
      this.#dropped++;
    }
  }

  /** The oldest line; undefined when none waits. */
  shift(): EventLine | LostEvent | undefined {
    const item = this.#queue.shift();
    if (item === undefined) {
      const last = this.#tooMuch;
      this.#tooMuch = undefined;
      return last;
    }
    if (item.type !== "lost") this.#characters -= item.text.length;
    return item;
  }

  #append(item: EventLine | LostEvent): boolean {
    if (this.#tooMuch) this.#queue.push(this.#tooMuch);
    this.#tooMuch = undefined;
    return this.#queue.push(item);
  }
}

function joined(before: LostEvent | undefined, timeNs: bigint): LostEvent {
  const count = (before?.count ?? 0) + 1;
  const sinceNs = before?.sinceNs ?? timeNs;
  return { type: "lost", timeNs, reason: "queue", count, sinceNs, untilNs: timeNs };
}
