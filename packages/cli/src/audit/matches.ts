import type { AuditFacts } from "@task-watchers/audit/log";
import type { AuditFilter } from "./audit-arguments.ts";

/**
 * Whether an event is wanted: everything given must hold; of several values, one.
 *
 * @param types names of its records' types
 */
export function matches(
  facts: AuditFacts,
  types: () => readonly string[],
  filter: AuditFilter,
): boolean {
  const { stamp, auid, uid, euid, suid, fsuid } = facts;
  const timeMs = stamp.seconds * 1000 + stamp.milliseconds;
  const { sinceMs = -Infinity, untilMs = Infinity, success } = filter;
  return (
    timeMs >= sinceMs &&
    timeMs <= untilMs &&
    (success === undefined || facts.success === success) &&
    isOneOf(filter.pids, [facts.pid]) &&
    isOneOf(filter.uids, [auid, uid, euid, suid, fsuid]) &&
    isOneOf(filter.loginuids, [auid]) &&
    isOneOf(filter.sessions, [facts.session]) &&
    isOneOf(filter.keys, facts.keys) &&
    isOneOf(filter.syscalls, [facts.syscallName, String(facts.syscall)]) &&
    (filter.types.length === 0 || isOneOf(filter.types, types())) &&
    hasText(facts, filter.texts)
  );
}

function isOneOf<T>(wanted: readonly T[], values: readonly (T | undefined)[]): boolean {
  return (
    wanted.length === 0 || values.some((value) => value !== undefined && wanted.includes(value))
  );
}

function hasText(facts: AuditFacts, texts: readonly string[]): boolean {
  if (texts.length === 0) return true;
  const { exe = "", comm = "", argv, proctitle = [] } = facts;
  const words = (argv ?? proctitle).map((word) => (typeof word === "string" ? word : ""));
  const all = [exe, comm, words.join(" ")];
  return texts.some((text) => all.some((one) => one.includes(text)));
}
