import type { AuditEvent } from "../assemble/audit-event.ts";
import type { AuditFacts } from "../facts/audit-facts.ts";

/** An event with what it says, and when it was made on the clock of tasks. */
export interface ToldEvent {
  readonly event: AuditEvent;
  readonly facts: AuditFacts;
  /**
   * CLOCK_MONOTONIC, nanoseconds: not before. Stamps are in milliseconds, of a clock that goes in ticks: the true time is up to
   * `STAMP_NS` later.
   */
  readonly fromNs: bigint;
}

/** By how much a stamp may be too early: what is cut off a millisecond, and a tick at 100 Hz. */
export const STAMP_NS = 11_000_000n;
