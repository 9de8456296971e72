import type { AuditEvent } from "../assemble/audit-event.ts";
import { factsOf } from "../facts/event-facts.ts";
import { wholeNumber } from "../facts/numbers.ts";
import { AUDIT_SYSCALL, AUDIT_URINGOP } from "../record/record-type.ts";

const FIELD = " pid=";

/**
 * The process an event is of, as `factsOf` has it, without the rest: most events of a host are of tasks that nobody watches.
 * Undefined when no record says.
 */
export function pidOf(event: AuditEvent): number | undefined {
  const call = event.records.find(({ type }) => type === AUDIT_SYSCALL || type === AUDIT_URINGOP);
  if (call === undefined) return factsOf(event).pid;
  const { body } = call;
  // Only numbers stand before it in the record of a call: no text can pass for it.
  const at = body.indexOf(FIELD);
  if (at < 0) return undefined;
  const from = at + FIELD.length;
  const end = body.indexOf(" ", from);
  return wholeNumber(body.slice(from, end < 0 ? undefined : end));
}
