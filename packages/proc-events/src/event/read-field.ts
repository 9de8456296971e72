import type { Missing, SyntheticReason, TaskIds } from "@task-watchers/chain";

/** A field is not what it should be. Never leaves `fromLine`. */
export class MalformedLine extends Error {}

/** Something with fields of any kind. */
export type Fields = Readonly<Record<string, unknown>>;

const MAX_PID = 0x7fff_ffff;
const MAX_ID = 0xffff_ffff;
/** Nanoseconds since boot, in 64 bits. */
const NANOSECONDS = /^\d{1,20}$/u;
const TASK_ID = /^\d{1,10}\.\d{1,20}$/u;

/** The object that a field holds, undefined when the field is absent. */
export function fieldsOf(value: unknown): Fields | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new MalformedLine();
  return { ...value };
}

/** A string; of other processes mostly. */
export function text(value: unknown): string {
  if (typeof value !== "string") throw new MalformedLine();
  return value;
}

/** A list of strings. */
export function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw new MalformedLine();
  return value.map(text);
}

/** A whole number of a range. */
export function integer(value: unknown, min: number, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw new MalformedLine();
}

/** A process or thread id; 0 stands for none. */
export function pid(value: unknown): number {
  return integer(value, 0, MAX_PID);
}

/** A user or group id. */
export function id(value: unknown): number {
  return integer(value, 0, MAX_ID);
}

/** The identity of a task. */
export function taskId(value: unknown): string {
  if (typeof value === "string" && TASK_ID.test(value)) return value;
  throw new MalformedLine();
}

/** A decimal string of nanoseconds. */
export function nanoseconds(value: unknown): bigint {
  if (typeof value === "string" && NANOSECONDS.test(value)) return BigInt(value);
  throw new MalformedLine();
}

/** A count, or null when it is not known. */
export function countOrNull(value: unknown): number | null {
  return value === null ? null : integer(value, 0, Number.MAX_SAFE_INTEGER);
}

/** What is only ever there as `true`. */
export function flag(value: unknown): true | undefined {
  if (value === undefined || value === true) return value;
  throw new MalformedLine();
}

/** A fact, or why it is missing: by the line, or because the line does not carry it. */
export function fact<T>(value: unknown, reason: unknown, read: (value: unknown) => T): T | Missing {
  if (value !== undefined) return read(value);
  return { missing: reason === undefined ? "unknown" : text(reason) };
}

/** Why an event was made up. */
export function syntheticReason(value: unknown): SyntheticReason | undefined {
  switch (value) {
    case undefined:
    case "reconciled":
    case "exec-from-thread":
    case "watch-closed":
      return value;
    default:
      throw new MalformedLine();
  }
}

/** As whom a task runs. */
export function idsField(value: unknown): TaskIds | undefined {
  const fields = fieldsOf(value);
  if (fields === undefined) return undefined;
  const { ruid, euid, rgid, egid } = fields;
  return { ruid: id(ruid), euid: id(euid), rgid: id(rgid), egid: id(egid) };
}
