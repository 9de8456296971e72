import type { TrailCounters } from "../trail/raw-log.ts";
import type { JoinCounters } from "./event-join.ts";
import type { EventSource } from "./event-source.ts";

/** What there is to say about a watch's records. */
export interface AuditState {
  readonly source: EventSource;
  readonly join: JoinCounters | undefined;
  readonly log: Readonly<TrailCounters> | undefined;
  /** The first failure to write the log. */
  readonly logFailure: string | undefined;
  /** Execs of watched tasks without a record. */
  readonly unrecorded: number;
  /** Processes that were there before the watch. */
  readonly existing: number;
  /** Why reading ended before it should have. */
  readonly failure: string | undefined;
}

/** Sentences for the user: where records come from, what is missing, what was done to the host. */
export function notesAbout(state: AuditState): string[] {
  const { source, failure, logFailure } = state;
  return [
    ...(failure === undefined ? [] : [`reading ended: ${failure}`]),
    ...(logFailure === undefined ? [] : [`the log could not be written: ${logFailure}`]),
    ...rules(source, state.existing),
    ...losses(state),
    ...endOf(source),
  ];
}

function rules({ lease, session, whyNoRules }: EventSource, existing: number): string[] {
  if (lease === undefined) {
    return [`no rules of ours: records are those that rules of others give; ${whyNoRules ?? ""}`];
  }
  const notes: string[] = [];
  if (session !== undefined) {
    notes.push(`rules for audit session ${session}: what logs in anew is not recorded`);
  }
  if (lease.changed) notes.push("audit was off on this host and was on meanwhile");
  if (lease.oldTasksRecord !== true && existing > 0) {
    notes.push("processes begun before audit was first switched on since boot have no records");
  }
  if (lease.obstacles.length > 0) {
    const count = lease.obstacles.length === 1 ? "a rule" : `${lease.obstacles.length} rules`;
    notes.push(`${count} of others, of never or exclude, may keep records away: see auditctl -l`);
  }
  if (lease.printsToKernelLog) {
    notes.push(
      "no audit daemon is registered, so the kernel prints records to its own log, too (dmesg); a running auditd ends that",
    );
  }
  return notes;
}

function losses({ source, join, log, unrecorded }: AuditState): string[] {
  const {
    recordsLost = 0,
    lostInKernel = 0,
    missingSerials = 0,
    cutRecords = 0,
  } = source.counters();
  const { missingStart = 0, missingEnd = 0, evicted = 0, late = 0 } = source.counters();
  const lost = [
    ...some(recordsLost, "records lost at our socket"),
    ...some(lostInKernel, "records lost in the kernel"),
    ...some(missingSerials, "events lost whole"),
    ...some(missingStart + missingEnd + evicted, "events not whole"),
    ...some(cutRecords, "records cut from events that were too long"),
    ...some(join?.ambiguous ?? 0, "events that may be of two tasks with the same pid"),
    ...some(join?.crowdedOut ?? 0, "events for want of room, of tasks not known then"),
    ...some(join?.strayLate ?? 0, "late parts of events that no task is known for"),
    ...some(unrecorded, "execs without a record"),
    ...some(log?.eventsDropped ?? 0, "events not written to the log"),
  ];
  return [
    ...(lost.length === 0 ? [] : [`missing: ${lost.join(", ")}`]),
    ...some(late, "records came after the rest of their event, and stand beside it"),
  ];
}

function some(n: number, what: string): string[] {
  return n === 0 ? [] : [`${n} ${what}`];
}

function endOf({ end, wasSwitchedOff }: EventSource): string[] {
  const notes: string[] = [];
  if (wasSwitchedOff) {
    notes.push("somebody switched audit off meanwhile (auditctl -e 0): records are missing since");
  }
  if (end === undefined) return notes;
  if (end.gone.length > 0) {
    notes.push(`somebody else deleted ${end.gone.length} of our rules: records may be missing`);
  }
  if (end.enabled === "still-held") notes.push("audit stays on: another watch has need of it");
  return notes;
}
