import type { AuditRecord } from "../record/audit-record.ts";
import { recordTypeName } from "../record/record-names.ts";

/** A line of a raw log, and how many bytes of the record could not be put into it as they are. */
export interface RawLine {
  /** With its newline; a character for each byte (latin1). */
  readonly line: string;
  readonly maskedBytes: number;
}

/** What ends a line, begins auditd's own interpretation, or acts on a terminal. */
const CONTROL = /[\0-\u001f\u007f]/u;
const CONTROLS = /[\0-\u001f\u007f]/gu;
const MESSAGE = /^((?:[^']* )?msg=)'(.*)$/su;
/** ausearch reads no longer line: MAX_AUDIT_MESSAGE_LENGTH of libaudit.h, less what stands before the body. */
const MAX_BODY = 8_700;

/**
 * A record as auditd writes it: `type=SYSCALL msg=audit(1700000000.123:456): …`, the body byte for byte.
 *
 * The kernel writes control bytes of others' text as hex; a message of user space (CAP_AUDIT_WRITE) may hold them, and could
 * so begin a line that was never recorded. Such a message is written whole as hex, as the kernel would, and nothing is lost;
 * where there is no message, or its line would be too long, each control byte becomes `?`, and is counted.
 */
export function rawLine(record: AuditRecord): RawLine {
  const { type, stamp, node, enriched } = record;
  const { seconds, milliseconds, serial } = stamp;
  const host = node === undefined ? "" : `node=${node.replace(/[\0-\u0020\u007f]/gu, "?")} `;
  const time = `${seconds}.${String(milliseconds).padStart(3, "0")}`;
  const { body, maskedBytes } = harmless(record.body);
  const more = enriched === undefined ? "" : `\u001d${enriched.replace(CONTROLS, "?")}`;
  const line = `${host}type=${recordTypeName(type)} msg=audit(${time}:${serial}): ${body}${more}\n`;
  return { line, maskedBytes };
}

function harmless(body: string): { readonly body: string; readonly maskedBytes: number } {
  if (!CONTROL.test(body)) return { body, maskedBytes: 0 };
  const [, before = "", message = ""] = MESSAGE.exec(body) ?? [];
  if (before !== "" && !CONTROL.test(before) && before.length + message.length * 2 <= MAX_BODY) {
    const inside = message.replace(/'$/u, "");
    return {
      body: before + Buffer.from(inside, "latin1").toString("hex").toUpperCase(),
      maskedBytes: 0,
    };
  }
  let maskedBytes = 0;
  const masked = body.replace(CONTROLS, () => {
    maskedBytes++;
    return "?";
  });
  return { body: masked, maskedBytes };
}
