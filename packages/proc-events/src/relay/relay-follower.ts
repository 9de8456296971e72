import type { AnyLine, HeaderLine } from "@task-watchers/trace";
import type { ProcEvent } from "../event/proc-event.ts";
import { disconnected } from "./disconnected.ts";
import { isCount, type ListenRequest, type Resume, type SessionField } from "./protocol.ts";
import { isEventLine, readEvent } from "./read-event.ts";
import type { RelayError } from "./relay-error.ts";
import { foreign, type LinkListener, RelayLink } from "./relay-link.ts";

/** Longest pause between two attempts to connect again, milliseconds. */
const MAX_RETRY_MS = 5000;
/** What may pass: no relay yet, an owner that is about to set the mode. */
const PASSING = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET", "EACCES", "ETIMEDOUT", "EAGAIN"]);
/** Refusals of a relay that may pass: it has too many listeners, or is closing. */
const PASSING_REFUSALS = new Set(["EAGAIN", "ECONNREFUSED", "ETIMEDOUT"]);

/** How a relay is followed. */
export interface FollowerParts {
  readonly path: string;
  readonly request: ListenRequest;
  readonly reconnect: boolean;
  /** First pause before connecting again, milliseconds; doubled each time. */
  readonly retryMs: number;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly now: () => bigint;
  readonly event: (event: ProcEvent) => void;
  /** No more will come; with an error unless the relay ended or must not be connected again. */
  readonly ended: (error?: RelayError) => void;
}

/** Stays connected to a relay, and knows how far it got. */
export class RelayFollower implements LinkListener {
  readonly #parts: FollowerParts;
  #link: RelayLink | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs: number;
  #at: Resume | undefined;
  /** Whether the relay has answered on the connection there is. */
  #isUp = false;
  #isPaused = false;
  #isOver = false;
  #reconnects = 0;
  #opening: { resolve: (header: HeaderLine) => void; reject: (error: unknown) => void } | undefined;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#retryMs = parts.retryMs;
  }

  /** Connections after the first. */
  get reconnects(): number {
    return this.#reconnects;
  }

  /** Connects the first time; the header of the relay. @throws (rejects) RelayError */
  open(): Promise<HeaderLine> {
    return new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
      this.#connect();
    });
  }

  /** Reads on, or leaves what comes to the relay's queue. */
  setPaused(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#link?.pause();
    else this.#link?.resume();
  }

  /**
   * Leaves the relay. Nothing is told any more, but that something was missed when the connection was down: what its session
   * collected meanwhile will never be had.
   */
  close(error?: RelayError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#isUp && this.#at !== undefined) this.#tellMissed(this.#at);
    clearTimeout(this.#retry);
    this.#link?.leave();
    this.#link = undefined;
    this.#opening?.reject(error);
  }

  opened(header: HeaderLine, { session, seq, resumed }: SessionField): void {
    // Of a session that goes on, only what came counts: the relay tells what did not.
    const isNew = !resumed || session !== this.#at?.session;
    const timeNs = this.#at?.timeNs;
    if (isNew) this.#at = { session, seq, ...(timeNs !== undefined && { timeNs }) };
    this.#retryMs = this.#parts.retryMs;
    this.#isUp = true;
    if (this.#isPaused) this.#link?.pause();
    if (this.#opening) this.#opening.resolve(header);
    else this.#reconnects++;
    this.#opening = undefined;
  }

  line(line: AnyLine): void {
    if (line.type === "end") {
      this.#end();
      return;
    }
    if (!isEventLine(line)) return;
    const event = readEvent(line);
    const { seq } = line;
    if (this.#at === undefined || event === undefined || !isCount(seq) || seq < this.#at.seq) {
      this.#end(foreign(this.#parts.path, `a line of type ${line.type} is malformed`));
      return;
    }
    this.#at = { session: this.#at.session, seq, timeNs: event.timeNs };
    this.#parts.event(event);
  }

  closed(error?: RelayError, isRefusal: boolean = false): void {
    this.#link = undefined;
    if (this.#isOver) return;
    if (this.#opening) {
      this.#isOver = true;
      this.#opening.reject(error);
      return;
    }
    if (error && !(isRefusal ? PASSING_REFUSALS : PASSING).has(error.code)) {
      this.#end(error);
      return;
    }
    this.#isUp = false;
    if (!this.#parts.reconnect) {
      this.#end();
      return;
    }
    this.#retry = setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(2 * this.#retryMs, MAX_RETRY_MS);
  }

  #tellMissed({ timeNs }: Resume): void {
    this.#parts.event(disconnected(null, timeNs, this.#parts.now()));
  }

  #connect(): void {
    const { path, request } = this.#parts;
    this.#link = new RelayLink(path, { ...request, ...(this.#at && { resume: this.#at }) }, this);
  }

  #end(error?: RelayError): void {
    if (this.#isOver) return;
    this.close();
    this.#parts.ended(error);
  }
}
