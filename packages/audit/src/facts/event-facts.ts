import type { AuditEvent } from "../assemble/audit-event.ts";
import { parseSocketAddress } from "../interpret/socket-address.ts";
import type { AuditRecord } from "../record/audit-record.ts";
import { encodedText, fieldValue, latin1Text, plainText } from "../record/field-value.ts";
import { recordTypeName } from "../record/record-names.ts";
import {
  AUDIT_CWD,
  AUDIT_EOE,
  AUDIT_EXECVE,
  AUDIT_PATH,
  AUDIT_PROCTITLE,
  AUDIT_SOCKADDR,
  AUDIT_SYSCALL,
  AUDIT_URINGOP,
} from "../record/record-type.ts";
import { scanFields } from "../record/scan-fields.ts";
import type { AuditFacts } from "./audit-facts.ts";
import { execArguments } from "./execve.ts";
import { type PathFacts, pathFacts } from "./paths.ts";
import { readTaskFacts, type Writable } from "./task-facts.ts";

export type { AuditFacts } from "./audit-facts.ts";

/** What an event says, typed. Never throws, whatever the records hold. */
export function factsOf(event: AuditEvent): AuditFacts {
  const { records } = event;
  const primary = primaryOf(records);
  const paths: PathFacts[] = [];
  const others: AuditRecord[] = [];
  const missing = Object.create(null) as Record<string, string>;
  // Filled in place: to put it together from parts would take longer than all the rest.
  const facts: Writable<AuditFacts> = {
    stamp: event.stamp,
    type: recordTypeName(primary?.type ?? AUDIT_EOE),
    partial: event.partial,
    keys: [],
    paths,
    others,
    missing,
  };
  const node = records[0]?.node;
  if (node !== undefined) facts.node = latin1Text(node);
  const items = primary === undefined ? undefined : readTaskFacts(primary, facts, missing);
  for (const record of records) {
    if (record === primary && isCall(record.type)) continue;
    if (record.type === AUDIT_PATH) paths.push(pathFacts(record));
    else if (!readDetail(record, facts)) others.push(record);
  }
  paths.sort((a, b) => (a.item ?? 0) - (b.item ?? 0));
  const exec = execArguments(records);
  if (exec !== undefined) {
    if (exec.argc !== undefined) facts.argc = exec.argc;
    facts.argv = exec.argv;
    if (exec.missing !== undefined) missing["argv"] = exec.missing;
  }
  if (primary?.type === AUDIT_SYSCALL) expectPaths(items, paths.length, missing);
  return facts;
}

/** Enters a record that says one thing; whether it is such a one, and says it. */
function readDetail({ type, body }: AuditRecord, facts: Writable<AuditFacts>): boolean {
  switch (type) {
    case AUDIT_EXECVE:
    case AUDIT_EOE:
      return true;
    case AUDIT_CWD: {
      const cwd = valueOf(body, "cwd");
      if (cwd === undefined || cwd === "(null)") return false;
      facts.cwd ??= encodedText(cwd) ?? plainText(cwd);
      return true;
    }
    case AUDIT_PROCTITLE: {
      const raw = valueOf(body, "proctitle");
      if (raw === undefined) return false;
      const title = fieldValue("title", raw);
      if (Array.isArray(title)) facts.proctitle ??= title;
      return true;
    }
    case AUDIT_SOCKADDR: {
      const address = parseSocketAddress(valueOf(body, "saddr") ?? "");
      if (address === undefined) return false;
      facts.socketAddress ??= address;
      return true;
    }
    default:
      return false;
  }
}

/** The value of a record that has but one field. */
function valueOf(body: string, wanted: string): string | undefined {
  let found: string | undefined;
  scanFields(body, (name, raw) => {
    if (name === wanted) found ??= raw;
  });
  return found;
}

function expectPaths(
  items: number | undefined,
  told: number,
  missing: Record<string, string>,
): void {
  if (items === undefined || told >= items) return;
  missing["paths"] = `${items - told} of ${items} paths are not in the records`;
}

function isCall(type: number): boolean {
  return type === AUDIT_SYSCALL || type === AUDIT_URINGOP;
}

/** The record that says what happened: the call, or else the first that is more than an attachment. */
function primaryOf(records: readonly AuditRecord[]): AuditRecord | undefined {
  return (
    records.find(({ type }) => isCall(type)) ??
    records.find(
      ({ type }) => type < AUDIT_PATH || type > AUDIT_PROCTITLE || !ATTACHED.has(type),
    ) ??
    records.find(({ type }) => type !== AUDIT_EOE)
  );
}

const ATTACHED: ReadonlySet<number> = new Set([
  AUDIT_PATH,
  AUDIT_SOCKADDR,
  AUDIT_CWD,
  AUDIT_EXECVE,
  AUDIT_EOE,
  AUDIT_PROCTITLE,
]);
