import { archName } from "../interpret/arch.ts";
import { linuxErrnoName } from "../interpret/errno.ts";
import { syscallName } from "../interpret/syscalls.ts";
import type { AuditRecord } from "../record/audit-record.ts";
import {
  encodedText,
  fieldValue,
  latin1Text,
  outcome,
  parseHex,
  parseHexBig,
  plainText,
} from "../record/field-value.ts";
import { isFromUserSpace } from "../record/record-type.ts";
import { messageInside, scanFields } from "../record/scan-fields.ts";
import type { AuditFacts } from "./audit-facts.ts";
import { id, wholeNumber } from "./numbers.ts";

export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads the record that tells of a task into `facts`, and into `missing` why something is not there.
 *
 * @returns how many PATH records belong to the call; undefined when the record does not say
 */
export function readTaskFacts(
  { type, body }: AuditRecord,
  facts: Writable<AuditFacts>,
  missing: Record<string, string>,
): number | undefined {
  let items: number | undefined;
  const args: bigint[] = [];
  const isClaim = isFromUserSpace(type);
  scanFields(body, (name, raw) => {
    const claims = isClaim ? messageInside(raw) : undefined;
    if (claims !== undefined) return readClaims(claims, facts);
    if (name === "items") items ??= wholeNumber(raw);
    else if (CALL_ARGUMENT.has(name)) addArgument(args, name, raw);
    else if (name === "exit" && wholeNumber(raw) === undefined)
      missing["exit"] = "no number within 2^53";
    else readField(name, raw, facts);
  });
  const { archNumber, syscall, exit } = facts;
  if (archNumber !== undefined) {
    put(facts, "arch", archName(archNumber));
    if (syscall !== undefined) put(facts, "syscallName", syscallName(archNumber, syscall));
  }
  if (args.length === 4) facts.args = args;
  if (exit !== undefined && exit < 0) put(facts, "errno", linuxErrnoName(-exit));
  const isEnd = facts.syscallName === "exit_group" || facts.syscallName === "exit";
  const [status] = args;
  // It never returned: what it was given is how the task ended.
  if (isEnd && status !== undefined) facts.exitStatus = Number(status & 0xffn);
  return items;
}

const CALL_ARGUMENT: ReadonlySet<string> = new Set(["a0", "a1", "a2", "a3"]);

/** Of what a program claims, only how it ended counts as a fact: the rest is in the record, for `fieldsOf`. */
function readClaims(message: string, facts: Writable<AuditFacts>): void {
  scanFields(message, (name, raw) => {
    if (name === "res" || name === "result") put(facts, "success", outcome(raw));
  });
}

function readField(name: string, raw: string, facts: Writable<AuditFacts>): void {
  switch (name) {
    case "pid":
    case "ppid":
    case "syscall":
    case "exit":
      return put(facts, name, wholeNumber(raw));
    case "auid":
    case "uid":
    case "gid":
    case "euid":
    case "suid":
    case "fsuid":
    case "egid":
    case "sgid":
    case "fsgid":
      return put(facts, name, id(raw));
    case "ses":
      return put(facts, "session", id(raw));
    case "sig":
      return put(facts, "signal", wholeNumber(raw));
    case "arch":
      return put(facts, "archNumber", parseHex(raw, 8));
    case "success":
    case "res":
      return put(facts, "success", outcome(raw));
    case "comm":
    case "exe":
      return put(facts, name, raw === "(null)" ? undefined : (encodedText(raw) ?? plainText(raw)));
    case "tty":
      return put(facts, name, raw === "(none)" || raw === "?" ? undefined : latin1Text(raw));
    case "subj":
      return put(facts, name, raw === "?" ? undefined : latin1Text(raw));
    case "key": {
      const keys = fieldValue("keys", raw);
      if (Array.isArray(keys) && facts.keys.length === 0) facts.keys = keys;
    }
  }
}

function addArgument(args: bigint[], name: string, raw: string): void {
  const value = parseHexBig(raw);
  if (value !== undefined && args.length === Number(name[1])) args.push(value);
}

/** The kernel's fields come first, and a name counts once: what comes behind cannot pass for them. */
function put<K extends keyof AuditFacts>(
  facts: Writable<AuditFacts>,
  name: K,
  value: AuditFacts[K],
): void {
  if (value !== undefined) facts[name] ??= value;
}
