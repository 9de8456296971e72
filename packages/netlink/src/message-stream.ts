import type { NetlinkMessage } from "./message.ts";
import { OverrunError } from "./overrun-error.ts";

/** What a stream yields: a message, or in its place in the order the count of those that were lost. */
export type StreamItem = NetlinkMessage | OverrunError;

/** How a stream of messages behaves. */
export interface StreamOptions {
  /** Items kept for a slow reader (default 4096); beyond, the newest are dropped and counted. */
  readonly limit?: number;
  /** Whether the process stays alive for it (default true). */
  readonly keepAlive?: boolean;
}

/**
 * Messages as an async iterable with a bounded queue. Ends when its connection is closed, or with the error that closed
 * it. One reader at a time.
 */
export class MessageStream implements AsyncIterableIterator<StreamItem> {
  readonly #limit: number;
  readonly #onReturn: () => void;
  readonly #queue: StreamItem[] = [];
  // Losses since the queue was full: they follow what is in it.
  #streamLost = 0;
  #socketLost: number | undefined;
  #ended = false;
  #reason: Error | undefined;
  #wake: (() => void) | undefined;
  /** Messages dropped so far because the reader was too slow. */
  dropped = 0;

  /** @param onReturn called once, when the reader has had enough */
  constructor(limit: number, onReturn: () => void) {
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new RangeError(`limit must be a positive whole number, got ${limit}`);
    }
    this.#limit = limit;
    this.#onReturn = onReturn;
  }

  push(item: StreamItem): void {
    if (this.#ended) return;
    if (this.#queue.length < this.#limit) {
      this.#flushLosses();
      this.#queue.push(item);
    } else if (item instanceof OverrunError) {
      this.#socketLost = (this.#socketLost ?? 0) + item.lost;
    } else {
      this.#streamLost++;
      this.dropped++;
    }
    this.#wake?.();
  }

  /** Lets the reader have what is queued, then ends. */
  end(reason?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reason = reason;
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<StreamItem, undefined>> {
    for (;;) {
      if (this.#queue.length === 0) this.#flushLosses();
      const value = this.#queue.shift();
      if (value !== undefined) return { done: false, value };
      if (this.#reason !== undefined) {
        const reason = this.#reason;
        this.#reason = undefined;
        throw reason;
      }
      if (this.#ended) return { done: true, value: undefined };
      if (this.#wake !== undefined) throw new Error("the stream is already being read");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  async return(): Promise<IteratorResult<StreamItem, undefined>> {
    this.#queue.length = 0;
    this.#streamLost = 0;
    this.#socketLost = undefined;
    this.#reason = undefined;
    this.end();
    this.#onReturn();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #flushLosses(): void {
    if (this.#streamLost > 0) this.#queue.push(new OverrunError(this.#streamLost, "stream"));
    if (this.#socketLost !== undefined) this.#queue.push(new OverrunError(this.#socketLost));
    this.#streamLost = 0;
    this.#socketLost = undefined;
  }
}
