import type { AuditClient } from "../client/audit-client.ts";
import { errorCode } from "../client/refusal.ts";
import { isAlive } from "./holder.ts";
import { type LeaseKey, leaseKeyOf } from "./lease-key.ts";

/** What was found of leases. */
export interface Swept {
  /** Keys of those that are held, by any process. */
  readonly held: readonly LeaseKey[];
  /** Whether nobody holds one any more, and audit was off before somebody killed had switched it on. */
  readonly leftOn: boolean;
}

/** Removes the rules of holders that live no more. */
export async function sweep(client: AuditClient): Promise<Swept> {
  const held: LeaseKey[] = [];
  let wasOff = false;
  for (const rule of await client.rules()) {
    const key = leaseKeyOf(rule);
    if (key === undefined) continue;
    if (isAlive(key)) {
      held.push(key);
      continue;
    }
    wasOff ||= key.wasOff;
    try {
      await client.deleteRule(rule);
    } catch (error) {
      // Somebody was faster.
      if (errorCode(error) !== "ENOENT") throw error;
    }
  }
  return { held, leftOn: held.length === 0 && wasOff };
}

/**
 * Switches audit off, unless somebody else has to do with it by now: it is off already or locked, or a daemon has come.
 *
 * @param daemon pid of the daemon when audit was switched on; 0 when there was none or it is not known
 * @returns whether it did
 */
export async function restoreEnabled(client: AuditClient, daemon: number): Promise<boolean> {
  const { enabled, pid } = await client.status();
  if (enabled !== 1 || (pid !== 0 && pid !== daemon)) return false;
  await client.setStatus({ enabled: 0 });
  return true;
}
