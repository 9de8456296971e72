import { decodeText, encodeText } from "@task-watchers/linux";
import type { AuditRecord } from "../record/audit-record.ts";
import { recordTypeName } from "../record/record-names.ts";

/** A line of a raw log, and how many bytes of the record could not be put into it as they are. */
export interface RawLine {
  /** With its newline; a character for each byte (latin1). */
  readonly line: string;
  readonly maskedBytes: number;
}

/** What ends a line, begins auditd's own interpretation, or acts on a terminal. */
const CONTROLS = /[\0-\u001f\u007f]/gu;
/** What acts on a terminal beyond ASCII: C1, also as a byte that is no UTF-8, and what has no width or turns text round. */
const TEXT_CONTROLS =
  /[\u0080-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\udc80-\udc9f]/gu;
const ASCII = /^[\0-\u007f]*$/u;
const MESSAGE = /^((?:[^']* )?msg=)'(.*)$/su;
/** ausearch reads no longer line: MAX_AUDIT_MESSAGE_LENGTH of libaudit.h, less what stands before the body. */
const MAX_BODY = 8_700;

/**
 * A record as auditd writes it: `type=SYSCALL msg=audit(1700000000.123:456): …`, the body byte for byte.
 *
 * The kernel writes control bytes of others' text as hex; a message of user space (CAP_AUDIT_WRITE) may hold them, and could
 * so begin a line that was never recorded. Such a message is written whole as hex, as the kernel would, and nothing is lost;
 * where there is no message, or its line would be too long, each control character becomes `?`, and its bytes are counted.
 */
export function rawLine(record: AuditRecord): RawLine {
  const { type, stamp, node, enriched } = record;
  const { seconds, milliseconds, serial } = stamp;
  const host = node === undefined ? "" : `node=${mask(node).body.replaceAll(" ", "?")} `;
  const time = `${seconds}.${String(milliseconds).padStart(3, "0")}`;
  const { body, maskedBytes } = harmless(record.body);
  const more = enriched === undefined ? "" : `\u001d${mask(enriched).body}`;
  const line = `${host}type=${recordTypeName(type)} msg=audit(${time}:${serial}): ${body}${more}\n`;
  return { line, maskedBytes };
}

function harmless(body: string): { readonly body: string; readonly maskedBytes: number } {
  const masked = mask(body);
  if (masked.maskedBytes === 0) return masked;
  const [, before = "", message = ""] = MESSAGE.exec(body) ?? [];
  const isMessage = before !== "" && mask(before).maskedBytes === 0;
  if (!isMessage || before.length + message.length * 2 > MAX_BODY) return masked;
  const inside = message.replace(/'$/u, "");
  return {
    body: before + Buffer.from(inside, "latin1").toString("hex").toUpperCase(),
    maskedBytes: 0,
  };
}

/** A `?` for each character that acts on something. */
function mask(bytes: string): { readonly body: string; readonly maskedBytes: number } {
  let maskedBytes = 0;
  const body = bytes.replace(CONTROLS, () => {
    maskedBytes++;
    return "?";
  });
  if (ASCII.test(body)) return { body, maskedBytes };
  const text = decodeText(Buffer.from(body, "latin1")).replace(TEXT_CONTROLS, (character) => {
    maskedBytes += encodeText(character).length;
    return "?";
  });
  return { body: Buffer.from(encodeText(text)).toString("latin1"), maskedBytes };
}
