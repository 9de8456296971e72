import type { EventSink } from "@task-watchers/tasks";

/** Something to be told, in its place. */
export interface Told {
  /**
   * Whether all is known that it takes, or never will be.
   *
   * @param nowNs CLOCK_MONOTONIC
   */
  ready(nowNs: bigint): boolean;
  tell(sink: EventSink): void;
}

/** What is to be told, in order. What is not known yet holds back all that comes after it, for a moment. */
export class ToldQueue {
  #items: Told[] = [];
  #head = 0;

  get waiting(): number {
    return this.#items.length - this.#head;
  }

  push(item: Told): void {
    this.#items.push(item);
  }

  /** Tells what can be told. May be called again from within. */
  flush(sink: EventSink, nowNs: bigint): void {
    for (;;) {
      const item = this.#items[this.#head];
      if (item === undefined) break;
      if (!item.ready(nowNs)) return;
      this.#head++;
      item.tell(sink);
    }
    this.#items = [];
    this.#head = 0;
  }
}
