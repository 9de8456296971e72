import { existsSync } from "node:fs";
import type { AuditClient } from "../client/audit-client.ts";
import { locked } from "../client/refusal.ts";
import { AuditUnavailableError } from "../client/unavailable.ts";
import {
  type DaemonLimits,
  forgetLimits,
  rememberLimits,
  restoreLeftLimits,
  restoreLimits,
} from "./daemon-state.ts";

/** What a daemon found, and what it has set. */
export interface Limits {
  readonly before: DaemonLimits;
  readonly during: DaemonLimits;
}

/** Sets limits with which a slow daemon holds nobody up. @throws AuditUnavailableError `EEXIST`, `ELOCKED` */
export async function takeLimits(client: AuditClient, backlogLimit: number): Promise<Limits> {
  const status = await client.status();
  if (status.enabled === 2) throw locked();
  if (status.pid !== 0 && existsSync(`/proc/${status.pid}`)) throw registered(status.pid);
  await restoreLeftLimits(client);
  const now = await client.status();
  const before = { backlogLimit: now.backlogLimit, backlogWaitTicks: now.backlogWaitTicks ?? 0 };
  const enough = before.backlogLimit === 0 || before.backlogLimit >= backlogLimit;
  const during = {
    backlogLimit: enough ? before.backlogLimit : backlogLimit,
    backlogWaitTicks: 0,
  };
  rememberLimits(before, during);
  try {
    if (now.backlogWaitTicks !== undefined) await client.setStatus({ backlogWaitTicks: 0 });
    await client.setStatus({ backlogLimit: during.backlogLimit });
  } catch (error) {
    await giveLimitsBack(client, { before, during });
    throw error;
  }
  return { before, during };
}

/** Puts them back, but what somebody else has set meanwhile. */
export async function giveLimitsBack(
  client: AuditClient,
  { before, during }: Limits,
): Promise<void> {
  await restoreLimits(client, before, during);
  forgetLimits();
}

/** There is a daemon already. */
export function registered(pid: number | undefined, error?: unknown): AuditUnavailableError {
  const who = pid === undefined ? "a daemon" : `process ${pid}`;
  return new AuditUnavailableError(
    "EEXIST",
    `${who} is the audit daemon, and there can be but one`,
    "read beside it with openAuditReader, or stop it first",
    { cause: error },
  );
}
