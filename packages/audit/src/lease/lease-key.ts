import type { AuditRule } from "../rules/rule.ts";
import type { Holder } from "./holder.ts";

/** What the key of each rule of ours begins with. */
export const LEASE_KEY_PREFIX = "task-watchers:";

/** What the key of a leased rule says. */
export interface LeaseKey extends Holder {
  /** What the rule is for: `exec`, `exit`, `ids`, with a number behind it from the second lease of a process on. */
  readonly what: string;
  /** Whether audit was off before the first of the holders now alive switched it on. */
  readonly wasOff: boolean;
}

const KEY = /^task-watchers:(\d{1,10}):(\d{1,15}):([a-z]+(?:\.\d+)?)(:e0)?$/u;

/** Such as `task-watchers:812:55003:exec:e0`. */
export function formatLeaseKey(key: LeaseKey): string {
  const { pid, startTicks, what, wasOff } = key;
  return `${LEASE_KEY_PREFIX}${pid}:${startTicks}:${what}${wasOff ? ":e0" : ""}`;
}

/** Undefined for the key of somebody else's rule. */
export function parseLeaseKey(text: string): LeaseKey | undefined {
  const [, pid, startTicks, what, wasOff] = KEY.exec(text) ?? [];
  if (what === undefined) return undefined;
  return { pid: Number(pid), startTicks: Number(startTicks), what, wasOff: wasOff !== undefined };
}

/** What a rule's key says of its lease; undefined for a rule that is not leased. */
export function leaseKeyOf(rule: AuditRule): LeaseKey | undefined {
  const key = rule.fields.find(({ field }) => field === "key");
  return key === undefined ? undefined : parseLeaseKey(String(key.value));
}
