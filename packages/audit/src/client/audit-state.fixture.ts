import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "../lease/holder.ts";
import { leaseKeyOf } from "../lease/lease-key.ts";
import { sweep } from "../lease/sweep.ts";
import { encodeRule } from "../rules/codec.ts";
import { formatRule } from "../rules/format.ts";
import type { AuditRule } from "../rules/rule.ts";
import { type AuditClient, openAuditClient } from "./audit-client.ts";
import type { AuditStatus } from "./status.ts";

/** The part of the kernel's audit state that somebody has set: what a test must leave as it was. */
export interface AuditState {
  readonly status: Pick<
    AuditStatus,
    "backlogLimit" | "backlogWaitTicks" | "enabled" | "failure" | "pid" | "rateLimit"
  >;
  /** Each rule in the kernel's order: its text, and a hash of its bytes. */
  readonly rules: readonly string[];
}

export async function auditState(client: AuditClient): Promise<AuditState> {
  const { enabled, failure, pid, rateLimit, backlogLimit, backlogWaitTicks } =
    await client.status();
  const rules = (await client.rules()).map(fingerprint);
  return {
    status: {
      enabled,
      failure,
      pid,
      rateLimit,
      backlogLimit,
      ...(backlogWaitTicks !== undefined && { backlogWaitTicks }),
    },
    rules,
  };
}

/** Runs a body and puts back what it changed of the host, also when it fails. Waits first for others to end their leases. */
export async function keepingAudit(body: (client: AuditClient) => Promise<void>): Promise<void> {
  await using client = await openAuditClient();
  await othersEnded(client);
  // What others left that were killed would be put back by the first lease that a test takes.
  await sweep(client);
  const before = await auditState(client);
  const rules = await client.rules();
  try {
    await body(client);
  } finally {
    for (const rule of await client.rules()) {
      if (!before.rules.includes(fingerprint(rule))) await client.deleteRule(rule);
    }
    const left = (await auditState(client)).rules;
    for (const [i, rule] of rules.entries()) {
      if (!left.includes(before.rules[i] ?? "")) await client.addRule(rule);
    }
    const { pid: _, ...status } = before.status;
    await client.setStatus(status);
  }
}

/** What auditctl says. @throws Error with its complaint */
export function auditctl(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("auditctl", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`auditctl ${args.join(" ")}: ${stderr}${stdout}`);
  return stdout;
}

function fingerprint(rule: AuditRule): string {
  return `${formatRule(rule)} ${createHash("sha256").update(encodeRule(rule)).digest("hex")}`;
}

/** There is one audit: tests of others that hold it would be seen in ours. */
async function othersEnded(client: AuditClient): Promise<void> {
  const end = performance.now() + 15_000;
  const isHeld = (rule: AuditRule): boolean => {
    const key = leaseKeyOf(rule);
    return key !== undefined && isAlive(key);
  };
  while ((await client.rules()).some(isHeld) && performance.now() < end) await delay(100);
}
