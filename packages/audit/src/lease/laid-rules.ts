import type { AuditClient } from "../client/audit-client.ts";
import { errorCode } from "../client/refusal.ts";
import type { AuditRule } from "../rules/rule.ts";

/** Adds all rules or none. */
export async function addRules(client: AuditClient, rules: readonly AuditRule[]): Promise<void> {
  for (const [i, rule] of rules.entries()) {
    try {
      await client.addRule(rule);
    } catch (error) {
      await removeRules(client, rules.slice(0, i));
      throw error;
    }
  }
}

/** Deletes rules. @returns those that were not there any more: somebody else had deleted them */
export async function removeRules(
  client: AuditClient,
  rules: readonly AuditRule[],
): Promise<AuditRule[]> {
  const gone: AuditRule[] = [];
  for (const rule of rules) {
    try {
      await client.deleteRule(rule);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
      gone.push(rule);
    }
  }
  return gone;
}
