import { archName } from "../interpret/arch.ts";
import { syscallNumber } from "../interpret/syscalls.ts";
import type { AuditRule, RuleField } from "../rules/rule.ts";

/** What a lease can have the kernel record. */
export type LeaseRule = "exec" | "exit" | "ids";

/** The system calls of each, by name. The names with 32 are i386's and arm's, whose older calls take ids of 16 bits. */
const CALLS: Readonly<Record<LeaseRule, readonly string[]>> = {
  exec: ["execve", "execveat"],
  exit: ["exit", "exit_group"],
  ids: [
    ...["setuid", "setreuid", "setresuid", "setfsuid"],
    ...["setgid", "setregid", "setresgid", "setfsgid", "setgroups"],
    ...["setuid32", "setreuid32", "setresuid32", "setfsuid32"],
    ...["setgid32", "setregid32", "setresgid32", "setfsgid32", "setgroups32"],
  ],
};

/** The rules a lease can have. */
export const LEASE_RULES: readonly LeaseRule[] = ["exec", "exit", "ids"];

/** Numbers of the system calls of a rule, rising. @throws RangeError for an architecture whose calls are not known */
export function syscallsFor(what: LeaseRule, arch: number): number[] {
  const numbers = CALLS[what]
    .map((name) => syscallNumber(arch, name))
    .filter((number) => number !== undefined);
  if (numbers.length > 0) return numbers.sort((a, b) => a - b);
  throw new RangeError(`the system calls of ${archName(arch) ?? `arch ${arch}`} are not known`);
}

/**
 * One rule: the architecture first, without which the numbers would mean other calls in another ABI.
 *
 * @param scope fields that narrow it down
 */
export function leaseRule(
  what: LeaseRule,
  arch: number,
  scope: readonly RuleField[],
  key: string,
): AuditRule {
  return {
    list: "exit",
    action: "always",
    syscalls: syscallsFor(what, arch),
    fields: [
      { field: "arch", operator: "=", value: arch },
      ...scope,
      { field: "key", operator: "=", value: key },
    ],
  };
}
