import type { LostEvent, ProcEvent } from "../event/proc-event.ts";
import type { BoundedQueue } from "./bounded-queue.ts";
import { eventQueue } from "./event-queue.ts";

/** How events wait for their reader. */
export interface StreamOptions {
  /** Events that wait at most (default 65,536). What comes then is dropped, exits last, and told as a `lost`. */
  readonly queueLimit?: number;
  /** Ends the stream as `close` does: at once and without an error. */
  readonly signal?: AbortSignal;
}

/** What became of the events of a stream. */
export interface StreamCounters {
  /** Read by the consumer, markers of losses included. */
  readonly delivered: number;
  /** Waiting for the consumer. */
  readonly queued: number;
  /** Dropped because the consumer did not keep up; every one of them is in the count of a `lost` event. */
  readonly dropped: number;
  /** Thrown away unread when the stream was closed. */
  readonly discarded: number;
}

/** What a source feeds a stream with. */
export interface StreamInput<T> {
  push(event: T | LostEvent): void;
  /** No more will come; what waits may still be read. */
  end(): void;
}

/** What a stream is made of. */
export interface StreamParts<T> extends StreamOptions {
  /** Begins to feed the stream; returns what ends that. */
  readonly subscribe: (input: StreamInput<T>) => () => void;
  /** Gives back what the stream was made with. */
  readonly release?: () => Promise<void>;
}

/**
 * Events for one reader, by `for await` or `next()`. Leaving the loop closes the stream, and so does the signal. When the
 * watch ends, what waits is still read, and then the loop ends. Does not keep the process alive; its watch may.
 */
export class ProcEventStream<T extends { type: string; timeNs: bigint } = ProcEvent>
  implements AsyncIterableIterator<T | LostEvent, undefined, undefined>, AsyncDisposable
{
  readonly #queue: BoundedQueue<T | LostEvent>;
  /** Readers that wait for an event; none while there are events. */
  readonly #waiting: Array<(result: IteratorResult<T | LostEvent, undefined>) => void> = [];
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => void this.close().catch(() => {});
  readonly #unsubscribe: () => void;
  readonly #release: (() => Promise<void>) | undefined;
  #delivered = 0;
  #discarded = 0;
  #ended = false;
  #closing: Promise<void> | undefined;

  /** @throws what `subscribe` throws; RangeError on a bad queue limit */
  constructor({ subscribe, release, queueLimit, signal }: StreamParts<T>) {
    this.#queue = eventQueue<T>(queueLimit);
    this.#release = release;
    this.#signal = signal;
    this.#unsubscribe = subscribe({
      push: (event) => this.#push(event),
      end: () => this.#end(),
    });
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get counters(): StreamCounters {
    return {
      delivered: this.#delivered,
      queued: this.#queue.length,
      dropped: this.#queue.dropped,
      discarded: this.#discarded,
    };
  }

  next(): Promise<IteratorResult<T | LostEvent, undefined>> {
    const value = this.#queue.shift();
    if (value !== undefined) {
      this.#delivered++;
      return Promise.resolve({ value, done: false });
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The end of a `for await` that was left early. */
  async return(): Promise<IteratorResult<T | LostEvent, undefined>> {
    await this.close();
    return { value: undefined, done: true };
  }

  /** Ends it at once, throws away what waits, and gives back what it was opened with. Safe twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#unsubscribe();
    this.#discarded += this.#queue.clear();
    this.#end();
    await this.#release?.();
  }

  #push(event: T | LostEvent): void {
    if (this.#ended) return;
    const reader = this.#waiting.shift();
    if (reader === undefined) {
      this.#queue.push(event);
      return;
    }
    this.#delivered++;
    reader({ value: event, done: false });
  }

  #end(): void {
    this.#ended = true;
    for (const reader of this.#waiting.splice(0)) reader({ value: undefined, done: true });
  }
}
