import type { AuditClient } from "../client/audit-client.ts";
import { commandLine, errorCode, locked } from "../client/refusal.ts";
import type { AuditStatus } from "../client/status.ts";
import { AuditUnavailableError } from "../client/unavailable.ts";
import { isSameHolder, self } from "./holder.ts";
import type { AuditRule } from "../rules/rule.ts";
import { formatLeaseKey, type LeaseKey } from "./lease-key.ts";
import { alone } from "./lock.ts";
import { checkLeaseOptions, type LeaseOptions, scopesOf } from "./lease-options.ts";
import { leaseRule } from "./recipes.ts";
import { restoreEnabled, sweep } from "./sweep.ts";

/** How a lease ended. */
export interface LeaseEnd {
  /** Rules that were deleted. */
  readonly removed: number;
  /** Rules that somebody else had deleted meanwhile, as `auditctl -D` does: records may be missing since. */
  readonly gone: readonly AuditRule[];
  /**
   * `restored`: audit is off again, as it was before the first holder. `still-held`: another holder goes on, and the last will
   * restore it. `left-alone`: it was on already, or somebody else has to do with it now.
   */
  readonly enabled: "restored" | "still-held" | "left-alone";
}

/** Rules of audit, and its switch, held for as long as somebody needs the records. */
export interface AuditLease extends AsyncDisposable {
  /** Ours, in the kernel. */
  readonly rules: readonly AuditRule[];
  /** Whether audit was off and had to be switched on for this lease. */
  readonly changed: boolean;
  /** Rules of others that can keep records from being made, whatever ours say: `never`, and the list `exclude`. */
  readonly obstacles: readonly AuditRule[];
  /**
   * Whether tasks that run already can make records. A task that was forked before audit was enabled for the first time since boot
   * never does; which those are, the kernel does not tell. True when audit was on before us or from boot on; undefined when it
   * cannot be known.
   */
  readonly oldTasksRecord?: true;
  /**
   * Whether the kernel also prints records to its log, as it does while no daemon is registered: ten lines in five seconds at most
   * (kernel.printk_ratelimit_burst, kernel.printk_ratelimit), at level 5, so that `dmesg -n 5` keeps them off the console. To end it
   * run auditd. Reading does not end it.
   */
  readonly printsToKernelLog: boolean;
  /** Gives back exactly what this lease has taken. Twice gives the same. */
  release(): Promise<LeaseEnd>;
}

/**
 * Has the kernel make records for as long as the lease is held. Removes first what holders left that were killed. Rules go behind
 * those that are there, whose keys the records of calls that they match then have. Needs CAP_AUDIT_CONTROL in the initial user
 * and pid namespace; without the right to write to /run two processes that come or go at the same moment may leave audit on.
 *
 * Calls of the x32 ABI cannot be matched. Each rule added and deleted makes a CONFIG_CHANGE record.
 *
 * @throws AuditUnavailableError `EDISABLED`, `ELOCKED`, `EPERM`, `ECONNREFUSED`, `EOPNOTSUPP`; RangeError or TypeError for a bad option.
 *   Then nothing was added.
 */
export async function acquireAuditLease(options: LeaseOptions): Promise<AuditLease> {
  checkLeaseOptions(options);
  return await alone(() => acquire(options));
}

async function acquire(options: LeaseOptions): Promise<AuditLease> {
  const { client, enable = false } = options;
  const first = await client.status();
  if (first.enabled === 2) throw locked();
  const scopes = scopesOf(options, first);
  const { held, leftOn } = await sweep(client);
  if (leftOn) await restoreEnabled(client, 0);
  const status = await client.status();
  const off = status.enabled === 0;
  if (off && !enable) throw disabled();
  const holder = self();
  const wasOff = off || held.some((key) => key.wasOff);
  const suffix = suffixFor(held.filter((key) => isSameHolder(key, holder)));
  const rules = options.rules.flatMap((what) => {
    const key = formatLeaseKey({ ...holder, what: what + suffix, wasOff });
    return scopes.flatMap(({ arch, fields }) => leaseRule(what, arch, fields, key));
  });
  const before = await client.rules();
  await addAll(client, rules);
  if (off) {
    try {
      // Only now: should we be killed in between, the keys tell what to go back to.
      await client.setStatus({ enabled: 1 });
    } catch (error) {
      await removeAll(client, rules);
      throw error;
    }
  }
  return new Lease(client, { rules, status, wasOff, changed: off, before });
}

interface Taken {
  readonly rules: readonly AuditRule[];
  /** Before it was switched on. */
  readonly status: AuditStatus;
  readonly wasOff: boolean;
  readonly changed: boolean;
  readonly before: readonly AuditRule[];
}

class Lease implements AuditLease {
  readonly rules: readonly AuditRule[];
  readonly changed: boolean;
  readonly obstacles: readonly AuditRule[];
  declare readonly oldTasksRecord?: true;
  readonly printsToKernelLog: boolean;
  readonly #client: AuditClient;
  readonly #taken: Taken;
  #end: Promise<LeaseEnd> | undefined;

  constructor(client: AuditClient, taken: Taken) {
    const { rules, changed, status, before } = taken;
    this.#client = client;
    this.#taken = taken;
    this.rules = rules;
    this.changed = changed;
    this.obstacles = before.filter(({ list, action }) => action === "never" || list === "exclude");
    if (!changed || /(?:^|\s)audit=(?:1|on)(?:\s|$)/u.test(commandLine())) {
      this.oldTasksRecord = true;
    }
    this.printsToKernelLog = status.pid === 0;
  }

  release(): Promise<LeaseEnd> {
    this.#end ??= alone(() => this.#release()).catch((error: unknown) => {
      // To be tried again.
      this.#end = undefined;
      throw error;
    });
    return this.#end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  async #release(): Promise<LeaseEnd> {
    const gone = await removeAll(this.#client, this.rules);
    const removed = this.rules.length - gone.length;
    const { wasOff, changed, status } = this.#taken;
    const { held } = await sweep(this.#client);
    if (!wasOff) return { removed, gone, enabled: "left-alone" };
    if (held.length > 0) return { removed, gone, enabled: "still-held" };
    // What the first holder found, only the first holder knows.
    const restored = await restoreEnabled(this.#client, changed ? status.pid : 0);
    return { removed, gone, enabled: restored ? "restored" : "left-alone" };
  }
}

/** The rules of each lease of a process must differ from those of the others. */
function suffixFor(ours: readonly LeaseKey[]): string {
  const numbers = ours.map(({ what }) => Number(what.split(".")[1] ?? 1));
  return numbers.length === 0 ? "" : `.${Math.max(...numbers) + 1}`;
}

async function addAll(client: AuditClient, rules: readonly AuditRule[]): Promise<void> {
  for (const [i, rule] of rules.entries()) {
    try {
      await client.addRule(rule);
    } catch (error) {
      await removeAll(client, rules.slice(0, i));
      throw error;
    }
  }
}

/** Those that were not there any more. */
async function removeAll(client: AuditClient, rules: readonly AuditRule[]): Promise<AuditRule[]> {
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

function disabled(): AuditUnavailableError {
  return new AuditUnavailableError(
    "EDISABLED",
    "audit is switched off on this host (enabled 0), and this was not asked to switch it on",
    "give --enable-audit (in a program, enable: true), which switches it off again at the end, or run auditctl -e 1",
  );
}
