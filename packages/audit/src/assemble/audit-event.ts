import type { AuditRecord, AuditStamp } from "../record/audit-record.ts";

/**
 * Why an event may not be whole. `no-start`: what came first belongs to a record that did not come. `no-end`: neither EOE nor
 * PROCTITLE came in time, or the input ended. `evicted`: too many events or bytes were in the making. `cut`: it was longer
 * than is kept of one, or the input ended in the middle of it. `late`: these are records that came after their event was told.
 */
export type PartialReason = "no-start" | "no-end" | "evicted" | "cut" | "late";

/** The records of one event. */
export interface AuditEvent {
  readonly stamp: AuditStamp;
  /** In the order in which they came. */
  readonly records: readonly AuditRecord[];
  /** Empty when the event is whole. */
  readonly partial: readonly PartialReason[];
  /** Records of it that were not kept. */
  readonly cutRecords: number;
  /** Bytes of the records that were not kept. */
  readonly cutBytes: number;
}
