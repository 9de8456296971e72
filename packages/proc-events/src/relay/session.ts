import { randomUUID } from "node:crypto";
import type { LostEvent, TaskProcEvent } from "../event/proc-event.ts";
import type { ProcEventSink } from "../module/proc-event-source.ts";
import { disconnected } from "./disconnected.ts";
import { type EventText, lossText, numbered } from "./event-text.ts";
import type { ListenRequest, Resume } from "./protocol.ts";
import { SessionQueue } from "./session-queue.ts";

/** Losses that were sent, kept for a resume: more than fit into the socket's buffers. */
const MAX_TOLD = 4096;

/** What a session is made of. */
export interface SessionParts {
  readonly request: ListenRequest;
  readonly queueLimit: number;
  readonly text: EventText;
  /** There is something to send. */
  readonly ready: (session: Session) => void;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly now: () => bigint;
}

/** What one listener is to be told, whether it is connected or not. Counts whatever it drops. */
export class Session implements ProcEventSink {
  readonly id: string = randomUUID();
  readonly request: ListenRequest;
  readonly #parts: SessionParts;
  readonly #queue: SessionQueue;
  /** Losses that were sent, and what counted them: a resume tells those again that did not arrive. */
  #told: { readonly seq: number; readonly line: string }[] = [];
  /** Lines that go before those of the queue. */
  #again: string[] = [];
  #seq = 0;
  #sent = 0;
  #ended = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.request = parts.request;
    this.#queue = new SessionQueue(parts.queueLimit);
  }

  /** What was told so far, as `seq` counts it. */
  get seq(): number {
    return this.#seq;
  }

  /** Lines sent. */
  get sent(): number {
    return this.#sent;
  }

  /** Lines that wait. */
  get queued(): number {
    return this.#again.length + this.#queue.length;
  }

  /** Events dropped because the queue was full. */
  get dropped(): number {
    return this.#queue.dropped;
  }

  /** No more will come, and all was taken. */
  get finished(): boolean {
    return this.#ended && this.queued === 0;
  }

  event(event: TaskProcEvent): void {
    this.#queue.push(this.#parts.text.of(event, this.request.withExec));
    this.#parts.ready(this);
  }

  lost(event: LostEvent): void {
    this.#queue.push(event);
    this.#parts.ready(this);
  }

  ended(): void {
    this.#ended = true;
    this.#parts.ready(this);
  }

  over(): void {
    this.ended();
  }

  /** Lines to be sent now: whole ones, until they have about as many characters; empty when none wait. */
  take(characters: number): string {
    let text = "";
    while (text.length < characters) {
      const line = this.#again.shift() ?? this.#next();
      if (line === undefined) break;
      text += line;
      this.#sent++;
    }
    return text;
  }

  /**
   * Goes on after the last line that arrived: what was sent and did not arrive is told as lost, losses are told again.
   *
   * @returns false when the listener cannot have got so far
   */
  resume({ seq, timeNs }: Resume): boolean {
    if (seq > this.#seq) return false;
    const again = this.#told.filter((loss) => loss.seq > seq);
    const before = this.#seq - again.length;
    this.#told = again.map(({ line }, at) => ({ line, seq: before + at + 1 }));
    this.#again = this.#told.map((loss) => numbered(loss.line, loss.seq));
    const gap = before - seq;
    if (gap > 0) {
      const missing = disconnected(gap, timeNs, this.#parts.now());
      this.#again.unshift(numbered(lossText(missing), before));
    }
    return true;
  }

  #next(): string | undefined {
    const item = this.#queue.shift();
    if (item === undefined) return undefined;
    if (item.type !== "lost") return numbered(item.text, ++this.#seq);
    const line = lossText(item);
    if (item.reason === "queue" && item.count !== null) {
      this.#seq += item.count;
      return numbered(line, this.#seq);
    }
    this.#told.push({ seq: ++this.#seq, line });
    if (this.#told.length > MAX_TOLD) this.#told.splice(0, MAX_TOLD / 2);
    return numbered(line, this.#seq);
  }
}
