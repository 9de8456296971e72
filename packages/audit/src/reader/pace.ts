/**
 * When to read. Waking up costs far more than reading a record, and one event is half a dozen records: the first after a
 * quiet time is read at once, those behind it by a timer, all together. Whoever waits for a record reads by itself, and the timer
 * begins anew.
 */
import type { ReadySignal } from "@task-watchers/netlink";

/** Records told in one turn of the event loop, so that others get theirs. */
export const TURN_RECORDS = 2048;
/** Kernel memory charged for one queued record of an exec, bytes (measured on 6.18: 890 to 900). */
const QUEUED_RECORD_BYTES = 900;
/** The longest time between two looks, milliseconds. */
const MAX_DELAY_MS = 100;
/** Records a millisecond that two CPUs can make. */
const STORM_RECORDS_PER_MS = 40;
/** Part of the receive queue that may fill up in between. */
const FILL = 1 / 4;

/** Calls a drain: when something is there, and then until nothing is. */
export class ReadPace {
  readonly #drain: () => number;
  readonly #signal: ReadySignal;
  readonly #delayMs: number;
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Immediate | undefined;
  #referenced = true;
  #closed = false;
  /** Times the event loop was woken to read. */
  wakeUps = 0;

  /**
   * @param drain tells how many records it told; `TURN_RECORDS` or more when others may be left
   * @param receiveBufferBytes of the socket
   */
  constructor(
    readable: (listener: () => void) => ReadySignal,
    drain: () => number,
    receiveBufferBytes: number,
  ) {
    this.#drain = drain;
    const capacity = receiveBufferBytes / QUEUED_RECORD_BYTES;
    const fillMs = (capacity * FILL) / STORM_RECORDS_PER_MS;
    this.#delayMs = Math.max(1, Math.min(MAX_DELAY_MS, fillMs));
    this.#signal = readable(this.#look);
  }

  ref(): void {
    this.#referenced = true;
    this.#signal.ref();
    this.#timer?.ref();
  }

  unref(): void {
    this.#referenced = false;
    this.#signal.unref();
    this.#timer?.unref();
  }

  /** Must come before the socket is closed. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#again);
    this.#signal.stop();
  }

  /** Somebody has read all there was. */
  putOff(): void {
    this.#timer?.refresh();
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    this.#again = undefined;
    if (this.#closed) return;
    this.wakeUps++;
    const told = this.#drain();
    if (this.#closed) return;
    if (told === 0) {
      this.#signal.start();
      return;
    }
    this.#signal.stop();
    if (told >= TURN_RECORDS) this.#again = setImmediate(this.#look);
    else this.#timer = setTimeout(this.#look, this.#delayMs);
    if (this.#referenced) return;
    this.#timer?.unref();
    this.#again?.unref();
  };
}
