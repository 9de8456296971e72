import type { AuditEvent } from "../assemble/audit-event.ts";
import { id, wholeNumber } from "../facts/numbers.ts";
import { syscallName } from "../interpret/syscalls.ts";
import { encodedText, outcome, parseHex } from "../record/field-value.ts";
import { AUDIT_SYSCALL, AUDIT_URINGOP } from "../record/record-type.ts";

/** What is asked of every event, whoever listens; as in `AuditFacts`. */
export interface EventBrief {
  readonly type: string;
  readonly syscallName?: string | undefined;
  readonly success?: boolean | undefined;
  readonly auid?: number | undefined;
  readonly session?: number | undefined;
  readonly exe?: string | undefined;
}

/**
 * The same as `factsOf` says, for a fraction of its time: of a call's record only, whose fields stand in the kernel's order.
 * Undefined when they do not, or somebody could have written them.
 */
export function briefOf({ records }: AuditEvent): EventBrief | undefined {
  const call = records.find(({ type }) => type === AUDIT_SYSCALL || type === AUDIT_URINGOP);
  if (call === undefined || call.type !== AUDIT_SYSCALL) return undefined;
  const { body } = call;
  if (!body.startsWith("arch=")) return undefined;
  // Only the kernel's own words stand before it. In it there is no space: what holds one is written as hex.
  const commAt = body.indexOf(" comm=");
  if (commAt < 0) return undefined;
  const head = ` ${body.slice(0, commAt + 1)}`;
  const text = body.indexOf(" ", commAt + 1) + 1;
  if (text === 0 || !body.startsWith("exe=", text)) return undefined;
  const end = body.indexOf(" ", text);
  const exe = encodedText(body.slice(text + 4, end < 0 ? undefined : end));
  const arch = parseHex(valueOf(head, " arch=") ?? "", 8);
  const syscall = wholeNumber(valueOf(head, " syscall=") ?? "");
  if (exe === undefined || arch === undefined || syscall === undefined) return undefined;
  return {
    type: "SYSCALL",
    syscallName: syscallName(arch, syscall),
    success: outcome(valueOf(head, " success=") ?? ""),
    auid: id(valueOf(head, " auid=") ?? ""),
    session: id(valueOf(head, " ses=") ?? ""),
    exe,
  };
}

/** A value that ends at a space, which there is. */
function valueOf(head: string, field: string): string | undefined {
  const at = head.indexOf(field);
  return at < 0 ? undefined : head.slice(at + field.length, head.indexOf(" ", at + field.length));
}
