import type { ReadySignal } from "@task-watchers/netlink";

/** Datagrams after which a turn of the event loop ends, so that others get theirs. */
export const TURN_RECORDS = 4096;
/** What one turn of reading did. */
export interface Turn {
  /** Datagrams read. */
  readonly read: number;
  /** A queue may have more: its share of the turn was used up. */
  readonly isMore: boolean;
}

/** How long reading is put off while records come, milliseconds: a wake-up costs more than a record. */
const DELAY_MS = 100;

/**
 * When to read: at once after a quiet time, then by a timer until nothing comes any more. So a lone exit is told at once,
 * and a storm costs ten wake-ups a second; fewer where whoever waits for a record reads by itself.
 */
export class ExitPace {
  readonly #signals: readonly ReadySignal[];
  readonly #drain: () => Turn;
  readonly #delayMs: number;
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Immediate | undefined;
  #referenced = true;
  #closed = false;

  /**
   * @param drain reads now, each queue up to its share
   * @param capacity records that the smallest queue holds
   */
  constructor(
    watch: readonly ((listener: () => void) => ReadySignal)[],
    drain: () => Turn,
    capacity: number,
  ) {
    this.#drain = drain;
    // A small queue is full before a long delay is over.
    this.#delayMs = Math.max(1, Math.min(DELAY_MS, capacity / 100));
    this.#signals = watch.map((one) => one(this.#onReadable));
  }

  ref(): void {
    this.#referenced = true;
    for (const signal of this.#signals) signal.ref();
    this.#timer?.ref();
    this.#again?.ref();
  }

  unref(): void {
    this.#referenced = false;
    for (const signal of this.#signals) signal.unref();
    this.#timer?.unref();
    this.#again?.unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#again);
    for (const signal of this.#signals) signal.stop();
  }

  /** Somebody has read all there was. */
  putOff(): void {
    this.#timer?.refresh();
  }

  readonly #onReadable = (): void => {
    // One socket has called; the others call in the same turn of the event loop.
    if (this.#closed || this.#timer !== undefined || this.#again !== undefined) return;
    for (const signal of this.#signals) signal.stop();
    this.#turn();
  };

  readonly #turn = (): void => {
    this.#timer = undefined;
    this.#again = undefined;
    const { read, isMore } = this.#drain();
    if (this.#closed) return;
    if (isMore) {
      this.#again = setImmediate(this.#turn);
      if (!this.#referenced) this.#again.unref();
    } else if (read > 0) {
      this.#timer = setTimeout(this.#turn, this.#delayMs);
      if (!this.#referenced) this.#timer.unref();
    } else {
      for (const signal of this.#signals) signal.start();
    }
  };
}
