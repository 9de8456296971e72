import type { AuditRecord } from "./audit-record.ts";
import { type FieldKind, fieldKind } from "./field-kind.ts";
import { encodedText, type FieldValue, fieldValue, parseHex } from "./field-value.ts";
import { messageInside, scanFields } from "./scan-fields.ts";

/** One `name=value` of a record. */
export interface AuditField {
  /** `""` for a word without a name, such as `for` in an AVC record. */
  readonly name: string;
  /** As it stands, quotes included, a character for each byte (latin1). */
  readonly raw: string;
  readonly kind: FieldKind;
  /** What it says; undefined when it says that there is none. */
  readonly value: FieldValue;
  /** Comes from inside of a message of user space: a claim of the program that wrote it, not of the kernel. */
  readonly claimed?: true;
  /** Of a `syscall` field: the `arch` of its record, without which its number means nothing. */
  readonly arch?: number;
  /** Of an id in auditd's enriched format: the name that it had on the host that wrote the log. */
  readonly enriched?: string;
}

/** `avc:  denied  { read write } for  …`, SELinux's own form. */
const AVC = /^avc: +(granted|denied) +\{ ([^{}]*)\} for +/u;

/**
 * The fields of a record, in order, duplicates kept. A message of user space (`msg='…'`) is a field, and the fields inside
 * of it follow, marked `claimed`. An AVC's verdict and permissions are `seresult` and `seperms`, as ausearch calls them.
 */
export function fieldsOf(record: AuditRecord): readonly AuditField[] {
  const fields: AuditField[] = [];
  let arch: number | undefined;
  const names = enrichedNames(record);
  const add = (name: string, raw: string, claimed: boolean): void => {
    const kind = fieldKind(record.type, name);
    const value = fieldValue(kind, raw);
    if (kind === "arch") arch = parseHex(raw, 8);
    const enriched = kind === "uid" || kind === "gid" ? names?.get(name.toUpperCase()) : undefined;
    fields.push({
      name,
      raw,
      kind,
      value,
      ...(claimed && { claimed }),
      ...(kind === "syscall" && arch !== undefined && { arch }),
      ...(enriched !== undefined && { enriched }),
    });
  };
  let { body } = record;
  const verdict = AVC.exec(body);
  if (verdict !== null) {
    add("seresult", verdict[1] ?? "", false);
    add("seperms", (verdict[2] ?? "").trim().replaceAll(" ", ","), false);
    body = body.slice(verdict[0].length);
  }
  scanFields(body, (name, raw) => {
    add(name, raw, false);
    const inside = fieldKind(record.type, name) === "message" ? messageInside(raw) : undefined;
    if (inside === undefined) return;
    // Old programs put commas and parentheses between their fields.
    scanFields(inside, (name, raw) =>
      add(name.replace(/^\(/u, ""), raw.replace(/[,)]+$/u, ""), true),
    );
  });
  return fields;
}

/** What auditd wrote behind a record: names of ids, under the upper-case names of their fields. */
function enrichedNames({ enriched }: AuditRecord): ReadonlyMap<string, string> | undefined {
  if (enriched === undefined) return undefined;
  const names = new Map<string, string>();
  scanFields(enriched, (name, raw) => {
    const text = raw.startsWith('"') ? encodedText(raw) : undefined;
    if (text !== undefined && !names.has(name)) names.set(name, text);
  });
  return names;
}

/** The first field of that name: where kernel and user space both tell one, the kernel's. */
export function fieldOf(record: AuditRecord, name: string): AuditField | undefined {
  return fieldsOf(record).find((field) => field.name === name);
}
