import type { AuditRecord } from "../record/audit-record.ts";
import { parseRecord } from "../record/parse-record.ts";
import { recordTypeNumber } from "../record/record-names.ts";

/** Host, type, record: what auditd, and the kernel's own log, put in front of a record. */
const LINE = /^(?:node=([^ ]{1,255}) )?type=([A-Z\d_[\]]{1,64}) (?:msg=)?(?=audit\()/u;
/** Begins the fields that auditd has interpreted, in its enriched format. */
const ENRICHED = "\u001d";

/**
 * The record of a line as auditd writes it, raw or enriched: `node=… type=SYSCALL msg=audit(…): …`.
 *
 * @param line without its newline, a character for each byte (latin1)
 * @returns undefined when it is none
 */
export function parseLogLine(line: string): AuditRecord | undefined {
  const [prefix, node, name = ""] = LINE.exec(line) ?? [];
  const type = recordTypeNumber(name);
  if (prefix === undefined || type === undefined) return undefined;
  // The last one is auditd's: who writes a message may write one into it, and names of his own behind.
  const separator = line.lastIndexOf(ENRICHED);
  const isEnriched = separator >= prefix.length;
  const record = parseRecord(type, line.slice(prefix.length, isEnriched ? separator : undefined));
  if (record === undefined || (node === undefined && !isEnriched)) return record;
  return {
    ...record,
    ...(isEnriched && { enriched: line.slice(separator + 1) }),
    ...(node !== undefined && { node }),
  };
}

/** Lines that ausearch puts between events, and empty ones: no records, and nothing lost. */
export function isSeparator(line: string): boolean {
  return line === "" || line === "----" || line.startsWith("time->");
}
