import type { AuditClient } from "../client/audit-client.ts";
import { commandLine, locked } from "../client/refusal.ts";
import type { AuditStatus } from "../client/status.ts";
import { AuditUnavailableError } from "../client/unavailable.ts";
import { isSameHolder, self } from "./holder.ts";
import type { AuditRule } from "../rules/rule.ts";
import { addRules, removeRules } from "./laid-rules.ts";
import { formatLeaseKey, type LeaseKey, leaseKeyOf } from "./lease-key.ts";
import { withoutLease, writeLeaseState } from "./lease-state.ts";
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
  /** Audit was found off: somebody else had switched it off, as `auditctl -e 0` does, and since then there are no records. */
  readonly switchedOff: boolean;
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
  const { keys, state } = await sweep(client);
  const status = await client.status();
  const isOff = status.enabled === 0;
  if (isOff && !enable) throw disabled();
  const holder = self();
  const wasOff = isOff || state.off !== undefined || keys.some((key) => key.wasOff);
  const daemon = isOff ? status.pid : (state.off?.daemon ?? 0);
  const suffix = suffixFor(keys.filter((key) => isSameHolder(key, holder)));
  const rules = options.rules.flatMap((what) => {
    const key = formatLeaseKey({ ...holder, what: what + suffix, wasOff });
    return scopes.flatMap(({ arch, fields }) => leaseRule(what, arch, fields, key));
  });
  const before = await client.rules();
  writeLeaseState({ holders: [...state.holders, holder], ...(wasOff && { off: { daemon } }) });
  try {
    await addRules(client, rules);
    // Only now: should we be killed in between, file and keys tell what to go back to.
    if (isOff) await enableOver(client, rules);
  } catch (error) {
    writeLeaseState(state);
    throw error;
  }
  return new Lease(client, { rules, status, wasOff, daemon, changed: isOff, before });
}

async function enableOver(client: AuditClient, rules: readonly AuditRule[]): Promise<void> {
  try {
    await client.setStatus({ enabled: 1 });
  } catch (error) {
    await removeRules(client, rules);
    throw error;
  }
}

interface Taken {
  readonly rules: readonly AuditRule[];
  /** Before it was switched on. */
  readonly status: AuditStatus;
  readonly wasOff: boolean;
  /** Pid of the daemon when audit was switched on; 0 when there was none or it is not known. */
  readonly daemon: number;
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
  /** Whether it stands among the leases that are written down. */
  #isListed = true;
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
    const client = this.#client;
    const switchedOff = (await client.status()).enabled === 0;
    const { keys, state } = await sweep(client);
    const left = this.#isListed ? withoutLease(state, self()) : state;
    const own = new Set(this.rules.map((rule) => keyText(leaseKeyOf(rule))));
    const isHeld = left.holders.length > 0 || keys.some((key) => !own.has(keyText(key)));
    const wasOff = this.#taken.wasOff || state.off !== undefined;
    let enabled: LeaseEnd["enabled"] = wasOff && isHeld ? "still-held" : "left-alone";
    // Before the rules go: were we killed in between, they tell that it was off once.
    if (
      wasOff &&
      !isHeld &&
      (await restoreEnabled(client, state.off?.daemon ?? this.#taken.daemon))
    ) {
      enabled = "restored";
    }
    if (this.#isListed) writeLeaseState(left);
    this.#isListed = false;
    const gone = await removeRules(client, this.rules);
    return { removed: this.rules.length - gone.length, gone, enabled, switchedOff };
  }
}

function keyText(key: LeaseKey | undefined): string {
  return key === undefined ? "" : formatLeaseKey(key);
}

/** The rules of each lease of a process must differ from those of the others. */
function suffixFor(ours: readonly LeaseKey[]): string {
  const numbers = ours.map(({ what }) => Number(what.split(".")[1] ?? 1));
  return numbers.length === 0 ? "" : `.${Math.max(...numbers) + 1}`;
}

function disabled(): AuditUnavailableError {
  return new AuditUnavailableError(
    "EDISABLED",
    "audit is switched off on this host (enabled 0), and this was not asked to switch it on",
    "give --enable-audit (in a program, enable: true), which switches it off again at the end, or run auditctl -e 1",
  );
}
