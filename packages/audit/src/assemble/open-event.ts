import type { AuditRecord, AuditStamp } from "../record/audit-record.ts";
import { AUDIT_EOE, AUDIT_EXECVE } from "../record/record-type.ts";
import type { AuditEvent, PartialReason } from "./audit-event.ts";
import { isAttached, promisesEnd } from "./event-end.ts";

/** How much of one event is kept. */
export interface EventBounds {
  readonly maxEventBytes: number;
  readonly maxEventRecords: number;
}

/** An event in the making. */
export class OpenEvent {
  readonly stamp: AuditStamp;
  readonly key: number | string;
  readonly records: AuditRecord[] = [];
  /** Bytes of the bodies that are kept. */
  bytes = 0;
  cutRecords = 0;
  cutBytes = 0;
  /** When it was opened, on the clock of the stream. */
  openedStreamMs: number;
  /** When it was first found open, on the caller's clock. */
  foundMs: number | undefined;
  /** Its records came after it was told. */
  readonly isLate: boolean;
  #lacksPart = false;
  #awaitsEnd = false;

  constructor(first: AuditRecord, at: { key: number | string; streamMs: number; isLate: boolean }) {
    this.stamp = first.stamp;
    this.key = at.key;
    this.openedStreamMs = at.streamMs;
    this.isLate = at.isLate;
  }

  /** Whether the stamp is this event's; the serial is known to be. */
  isOf({ seconds, milliseconds }: AuditStamp): boolean {
    return this.stamp.seconds === seconds && this.stamp.milliseconds === milliseconds;
  }

  /** The input ended in the middle of a record of it. */
  markCut(): void {
    this.#lacksPart = true;
  }

  get lacksStart(): boolean {
    const [first] = this.records;
    return !this.isLate && first !== undefined && isAttached(first.type);
  }

  /** An end is to come. */
  get awaitsEnd(): boolean {
    return this.#awaitsEnd;
  }

  /**
   * Keeps a record, or counts it as cut. Arguments may fill seven eighths of the room: what comes behind them is short, and
   * says where, what and by whom.
   *
   * @returns whether it was kept
   */
  add(record: AuditRecord, { maxEventBytes, maxEventRecords }: EventBounds): boolean {
    const { type, body } = record;
    this.#awaitsEnd ||= promisesEnd(type);
    const share = type === AUDIT_EXECVE ? 0.875 : 1;
    const fits =
      this.bytes + body.length <= maxEventBytes * share &&
      this.records.length < maxEventRecords * share;
    // An end takes no room worth counting, and says that nothing more was to come.
    if (!fits && type !== AUDIT_EOE) {
      this.cutRecords++;
      this.cutBytes += body.length;
      return false;
    }
    this.records.push(record);
    this.bytes += body.length;
    return true;
  }

  finish(reason: "no-end" | "evicted" | undefined): AuditEvent {
    const { stamp, records, cutRecords, cutBytes } = this;
    const partial: PartialReason[] = [];
    if (this.lacksStart) partial.push("no-start");
    if (reason !== undefined) partial.push(reason);
    if (cutRecords > 0 || this.#lacksPart) partial.push("cut");
    if (this.isLate) partial.push("late");
    return { stamp, records, partial, cutRecords, cutBytes };
  }
}
