import type { AuditClient } from "../client/audit-client.ts";
import type { AuditRule } from "../rules/rule.ts";
import { isAlive } from "./holder.ts";
import { type LeaseKey, leaseKeyOf } from "./lease-key.ts";
import { removeRules } from "./laid-rules.ts";
import { type LeaseState, ofTheLiving, readLeaseState, writeLeaseState } from "./lease-state.ts";

/** What is held now, by any process that lives. */
export interface Held {
  /** Keys of the rules, one for each. */
  readonly keys: readonly LeaseKey[];
  /** What was written down; without holders where nothing was. */
  readonly state: LeaseState;
}

/**
 * Removes what holders left that live no more: their rules, and, where nobody holds a lease any more, audit being on. It is
 * switched off first: were this killed behind the rules, nothing would tell that it was off once.
 */
export async function sweep(client: AuditClient): Promise<Held> {
  const written = readLeaseState();
  const state = ofTheLiving(written ?? { holders: [] });
  const { keys, dead, wasOff } = await look(client);
  if (keys.length === 0 && state.holders.length === 0 && (wasOff || state.off !== undefined)) {
    await restoreEnabled(client, state.off?.daemon ?? 0);
  }
  if (state.holders.length !== written?.holders.length) writeLeaseState(state);
  await removeRules(client, dead);
  return { keys, state };
}

interface Found {
  readonly keys: readonly LeaseKey[];
  /** Rules of holders that live no more. */
  readonly dead: readonly AuditRule[];
  /** Whether one of these says that audit was off before. */
  readonly wasOff: boolean;
}

async function look(client: AuditClient): Promise<Found> {
  const keys: LeaseKey[] = [];
  const dead: AuditRule[] = [];
  let wasOff = false;
  for (const rule of await client.rules()) {
    const key = leaseKeyOf(rule);
    if (key === undefined) continue;
    if (isAlive(key)) {
      keys.push(key);
    } else {
      dead.push(rule);
      wasOff ||= key.wasOff;
    }
  }
  return { keys, dead, wasOff };
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
