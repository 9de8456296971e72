import type { TraceLine } from "@task-watchers/chain";
import { encodeText } from "@task-watchers/linux";
import type { AuditFacts } from "../facts/event-facts.ts";
import type { PathFacts } from "../facts/paths.ts";
import type { Writable } from "../facts/task-facts.ts";
import type { AuditRecord, AuditStamp } from "../record/audit-record.ts";
import { latin1Text } from "../record/field-value.ts";
import { recordTypeName, recordTypeNumber } from "../record/record-names.ts";
import {
  FACT_CHECKS,
  isObject,
  isPartial,
  isTextList,
  isTextRecord,
  PATH_CHECKS,
  readFacts,
} from "./line-shape.ts";

/** Type of the trace line. */
export const AUDIT_LINE = "audit";

/** Which task an event was joined to, and when that was. */
export interface AuditJoin {
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly timeNs: bigint;
  /** Stable id of the task on this boot. */
  readonly task: string;
}

/** What an `audit` line says. */
export interface AuditLineRecord {
  readonly facts: AuditFacts;
  /** Absent when the event was joined to no task. */
  readonly join?: AuditJoin;
}

/**
 * The trace line of an event: its facts by their names; `time` is `seconds.milliseconds` of the wall clock; what may need 64
 * bits is a decimal string. Records that the facts do not exhaust stand whole in `others`. Text is as everywhere in a trace.
 */
export function toAuditLine(facts: AuditFacts, join?: AuditJoin): TraceLine {
  const { stamp, type, args, paths, others, missing, partial, keys, ...rest } = facts;
  const time = `${stamp.seconds}.${String(stamp.milliseconds).padStart(3, "0")}`;
  return {
    ...rest,
    type: AUDIT_LINE,
    ...(join && { timeNs: String(join.timeNs), task: join.task }),
    time,
    serial: stamp.serial,
    record: type,
    ...(partial.length > 0 && { partial }),
    ...(keys.length > 0 && { keys }),
    ...(args && { args: args.map(String) }),
    ...(paths.length > 0 && { paths: paths.map(toPathLine) }),
    ...(others.length > 0 && {
      others: others.map(({ type, body }) => ({
        type: recordTypeName(type),
        body: latin1Text(body),
      })),
    }),
    ...(Object.keys(missing).length > 0 && { missing: { ...missing } }),
  };
}

const BIG_PATH_FACTS = ["inode", "capPermitted", "capInheritable"] as const;

function toPathLine(path: AuditFacts["paths"][number]): Readonly<Record<string, unknown>> {
  const line: Record<string, unknown> = { ...path };
  for (const name of BIG_PATH_FACTS) if (path[name] !== undefined) line[name] = String(path[name]);
  return line;
}

const TIME = /^(\d{1,12})\.(\d{3})$/u;
const DECIMAL = /^\d{1,20}$/u;

/** What the line says; undefined when it is of another type, or not as this version or a later one writes it. */
export function fromAuditLine(line: TraceLine): AuditLineRecord | undefined {
  if (line.type !== AUDIT_LINE) return undefined;
  const { record, partial = [], keys = [], missing = {} } = line;
  const stamp = stampOf(line);
  if (stamp === undefined || typeof record !== "string") return undefined;
  if (!isPartial(partial) || !isTextList(keys) || !isTextRecord(missing)) return undefined;
  const facts = readFacts<AuditFacts>(line, FACT_CHECKS);
  const paths = mapList(line["paths"], fromPathLine);
  const others = mapList(line["others"], (other) => fromOther(other, stamp, facts?.node));
  const args = mapList(line["args"], big);
  if (!paths || !others || !args || !facts) return undefined;
  const whole = { ...facts, stamp, type: record, partial, keys, paths, others, missing };
  const join = joinOf(line);
  return { facts: args.length > 0 ? { ...whole, args } : whole, ...(join && { join }) };
}

function stampOf({ time, serial }: TraceLine): AuditStamp | undefined {
  const [, seconds, milliseconds] = TIME.exec(typeof time === "string" ? time : "") ?? [];
  if (seconds === undefined || typeof serial !== "number" || !Number.isSafeInteger(serial))
    return undefined;
  return { seconds: Number(seconds), milliseconds: Number(milliseconds), serial };
}

function joinOf({ timeNs, task }: TraceLine): AuditJoin | undefined {
  const time = big(timeNs);
  return time === undefined || typeof task !== "string" ? undefined : { timeNs: time, task };
}

function fromPathLine(value: unknown): PathFacts | undefined {
  if (!isObject(value)) return undefined;
  const path: Writable<Partial<PathFacts>> | undefined = readFacts<PathFacts>(value, PATH_CHECKS);
  if (path === undefined) return undefined;
  for (const name of BIG_PATH_FACTS) {
    if (value[name] === undefined) continue;
    const number = big(value[name]);
    if (number === undefined) return undefined;
    path[name] = number;
  }
  return path;
}

function fromOther(
  value: unknown,
  stamp: AuditStamp,
  node: string | undefined,
): AuditRecord | undefined {
  if (!isObject(value) || typeof value["body"] !== "string") return undefined;
  const type = typeof value["type"] === "string" ? recordTypeNumber(value["type"]) : undefined;
  if (type === undefined) return undefined;
  const body = Buffer.from(encodeText(value["body"])).toString("latin1");
  return { type, stamp, body, ...(node !== undefined && { node }) };
}

/** Each of a list, which may be absent; undefined when one of them is not as it should be. */
function mapList<T>(list: unknown, map: (value: unknown) => T | undefined): T[] | undefined {
  if (list === undefined) return [];
  if (!Array.isArray(list)) return undefined;
  const mapped = list.map(map);
  return mapped.every((value): value is T & {} => value !== undefined) ? mapped : undefined;
}

function big(value: unknown): bigint | undefined {
  return typeof value === "string" && DECIMAL.test(value) ? BigInt(value) : undefined;
}
