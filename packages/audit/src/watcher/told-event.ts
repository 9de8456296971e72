import type { AuditEvent } from "../assemble/audit-event.ts";
import type { AuditFacts } from "../facts/audit-facts.ts";
import { factsOf } from "../facts/event-facts.ts";
import { AUDIT_EXECVE } from "../record/record-type.ts";
import { briefOf, type EventBrief } from "./event-brief.ts";
import { pidOf } from "./event-pid.ts";

/** By how much a stamp may be too early: what is cut off a millisecond, and a tick at 100 Hz. */
export const STAMP_NS = 11_000_000n;

/** An event, and when it was made on the clock of tasks. What it says is read when somebody asks. */
export class ToldEvent {
  readonly event: AuditEvent;
  /**
   * CLOCK_MONOTONIC, nanoseconds: not before. Stamps are in milliseconds, of a clock that goes in ticks: the true time is up to
   * `STAMP_NS` later.
   */
  readonly fromNs: bigint;
  /** Process id; undefined when the records do not say. */
  readonly pid: number | undefined;
  #facts: AuditFacts | undefined;
  #brief: EventBrief | undefined;

  constructor(event: AuditEvent, fromNs: bigint) {
    this.event = event;
    this.fromNs = fromNs;
    this.pid = pidOf(event);
  }

  get facts(): AuditFacts {
    return (this.#facts ??= factsOf(this.event));
  }

  /** Some of the facts: to read all takes long, and often nobody asks for more. */
  get brief(): EventBrief {
    return (this.#brief ??= this.#facts ?? briefOf(this.event) ?? this.facts);
  }

  /** These records came after their event was told. */
  get isLate(): boolean {
    return this.event.partial.includes("late");
  }

  /** Memory of the records, bytes, rather too much than too little. */
  get recordBytes(): number {
    return this.event.records.reduce((sum, { body }) => sum + body.length + 256, 512);
  }

  /** Memory of the facts, bytes, rather too much than too little: text in two bytes a character, beside what it was cut from. */
  get factBytes(): number {
    let bytes = 1024;
    for (const { type, body } of this.event.records) {
      bytes += 3 * body.length + 128;
      if (type === AUDIT_EXECVE) bytes += 48 * spacesIn(body);
    }
    return bytes;
  }
}

/** As many as there are arguments behind the count of them, or more: those that hold a space are written as hex. */
function spacesIn(body: string): number {
  let count = 0;
  for (let at = body.indexOf(" "); at >= 0; at = body.indexOf(" ", at + 1)) count++;
  return count;
}
