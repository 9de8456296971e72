import type { HeaderLine } from "@task-watchers/trace";
import type { ProcEvent } from "../event/proc-event.ts";
import { type CommandPatterns, matchesCommand } from "../filter/match-command.ts";
import type { RelayError } from "./relay-error.ts";
import { type FollowerParts, RelayFollower } from "./relay-follower.ts";

/** What became of the events of a relay's stream. */
export interface RelayStreamCounters {
  /** Read by the consumer, losses included. */
  readonly delivered: number;
  /** Waiting for the consumer; what the relay holds is not among them. */
  readonly queued: number;
  /** Dropped by the relay because the consumer did not keep up, as far as it was told; also part of `lost`. */
  readonly dropped: number;
  /** Sum of the losses told so far whose count is known, for whatever reason. */
  readonly lost: number;
  /** Losses told so far whose count is not known. */
  readonly unknownLosses: number;
  /** Thrown away unread when the stream was closed. */
  readonly discarded: number;
  /** Times the connection was made again. */
  readonly reconnects: number;
}

/** What a stream is made of. */
export interface RelayStreamParts extends Omit<FollowerParts, "event" | "ended"> {
  /** Events that may wait before the relay is left to queue them. */
  readonly queueLimit: number;
  /** What the relay could not be asked to look for. */
  readonly patterns?: CommandPatterns;
  readonly signal?: AbortSignal;
}

interface Reader {
  readonly resolve: (result: IteratorResult<ProcEvent, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Events of a relay for one reader, by `for await` or `next()`. Leaving the loop closes the stream, and so does the
 * signal. A broken connection is made again, and what was missed meanwhile is told as `lost`. When the relay ends, what
 * waits is still read, and then the loop ends; it throws a RelayError when the relay refuses to go on or makes no sense.
 * Keeps the process alive until it is closed.
 */
export class RelayStream
  implements AsyncIterableIterator<ProcEvent, undefined, undefined>, AsyncDisposable
{
  readonly #parts: RelayStreamParts;
  readonly #follower: RelayFollower;
  readonly #onAbort = (): void => void this.close();
  readonly #waiting: Reader[] = [];
  #header: HeaderLine | undefined;
  #events: ProcEvent[] = [];
  /** Events at the front of `#events` that were read. */
  #read = 0;
  #delivered = 0;
  #dropped = 0;
  #lost = 0;
  #unknownLosses = 0;
  #discarded = 0;
  #isOver = false;
  #error: RelayError | undefined;

  /** Made by `connectRelay`. */
  constructor(parts: RelayStreamParts) {
    this.#parts = parts;
    this.#follower = new RelayFollower({
      ...parts,
      event: (event) => this.#push(event),
      ended: (error) => this.#end(error),
    });
  }

  /** The header of a trace, from the relay: whoever serves the socket chose its texts. */
  get header(): HeaderLine {
    if (this.#header === undefined) throw new Error("the stream is not connected yet");
    return this.#header;
  }

  get counters(): RelayStreamCounters {
    return {
      delivered: this.#delivered,
      queued: this.#queued,
      dropped: this.#dropped,
      lost: this.#lost,
      unknownLosses: this.#unknownLosses,
      discarded: this.#discarded,
      reconnects: this.#follower.reconnects,
    };
  }

  get #queued(): number {
    return this.#events.length - this.#read;
  }

  /** Connects. Called once, by `connectRelay`. @throws (rejects) RelayError; the reason of the signal */
  async open(): Promise<void> {
    const { signal } = this.#parts;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    try {
      this.#header = await this.#follower.open();
    } catch (error) {
      signal?.removeEventListener("abort", this.#onAbort);
      signal?.throwIfAborted();
      throw error;
    }
  }

  next(): Promise<IteratorResult<ProcEvent, undefined>> {
    const value = this.#shift();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    if (this.#error) {
      const error = this.#error;
      this.#error = undefined;
      return Promise.reject(error);
    }
    if (this.#isOver) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** The end of a `for await` that was left early. */
  async return(): Promise<IteratorResult<ProcEvent, undefined>> {
    await this.close();
    this.#discard();
    return { value: undefined, done: true };
  }

  /**
   * Leaves the relay at once and throws away what waits. When the connection is down, what was missed since is one more loss
   * of unknown size: in the counters, and the last that may be read. Safe twice.
   */
  close(): Promise<void> {
    this.#discard();
    this.#error = undefined;
    this.#follower.close();
    this.#end();
    return Promise.resolve();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #discard(): void {
    this.#discarded += this.#queued;
    this.#events = [];
    this.#read = 0;
  }

  #shift(): ProcEvent | undefined {
    const event = this.#events[this.#read];
    if (event === undefined) return undefined;
    this.#delivered++;
    this.#read++;
    if (this.#read === this.#events.length || this.#read >= MAX_READ) {
      this.#events = this.#events.slice(this.#read);
      this.#read = 0;
    }
    if (this.#queued <= this.#parts.queueLimit / 2) this.#follower.setPaused(false);
    return event;
  }

  #push(event: ProcEvent): void {
    if (this.#isOver) return;
    if (event.type === "lost") {
      this.#lost += event.count ?? 0;
      if (event.reason === "queue") this.#dropped += event.count ?? 0;
      if (event.count === null) this.#unknownLosses++;
    } else if (this.#parts.patterns && !matchesCommand(this.#parts.patterns, event.exec)) {
      return;
    }
    const reader = this.#waiting.shift();
    if (reader) {
      this.#delivered++;
      reader.resolve({ value: event, done: false });
      return;
    }
    this.#events.push(event);
    if (this.#queued >= this.#parts.queueLimit) this.#follower.setPaused(true);
  }

  #end(error?: RelayError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.signal?.removeEventListener("abort", this.#onAbort);
    const [first, ...others] = this.#waiting.splice(0);
    if (error && first) first.reject(error);
    else first?.resolve({ value: undefined, done: true });
    if (error && !first) this.#error = error;
    for (const reader of others) reader.resolve({ value: undefined, done: true });
  }
}

/** Read events that are held at most before the list is cut. */
const MAX_READ = 4096;
