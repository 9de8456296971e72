import { LEASE_RULES, type LeaseRule } from "../lease/recipes.ts";
import { checkTrailOptions, type TrailOptions } from "../trail/trail-options.ts";

/** How the audit watcher works. */
export interface AuditOptions {
  /** Name of module and watcher (default `"audit"`). */
  readonly name?: string;
  /** Calls that rules of ours ask for (default: all three). An empty list: only what rules of others give. */
  readonly wanted?: readonly LeaseRule[];
  /** Switch auditing on where it is off, and put it back (default false: then it must be on). */
  readonly enable?: boolean;
  /**
   * `"session"`: rules for this process's audit session alone, where it has one and the kernel can; else as `"host"`.
   * `"host"` (default): for all tasks; those that nobody watches are told from the others by us.
   */
  readonly scope?: "session" | "host";
  /** Where the records of watched tasks go, as they are: a log that `ausearch` reads. */
  readonly log?: TrailOptions;
  /** Kernel memory for records not read yet, bytes. Without CAP_NET_ADMIN clamped to twice net.core.rmem_max. */
  readonly receiveBufferBytes?: number;
  /** How long a task's end waits for its records, milliseconds (default 1000). */
  readonly graceMs?: number;
}

/** @throws TypeError or RangeError that names the option and what would be right */
export function checkOptions(options: AuditOptions): void {
  const { wanted = [], scope = "host", graceMs = 0, receiveBufferBytes = 0, log } = options;
  for (const name of wanted) {
    if (!LEASE_RULES.includes(name)) {
      throw new TypeError(
        `wanted must be of ${LEASE_RULES.join(", ")}, got ${JSON.stringify(name)}`,
      );
    }
  }
  if (scope !== "session" && scope !== "host") {
    throw new TypeError(`scope must be "session" or "host", got ${JSON.stringify(scope)}`);
  }
  if (!Number.isFinite(graceMs) || graceMs < 0) {
    throw new RangeError(`graceMs must be a number of milliseconds, got ${graceMs}`);
  }
  if (!Number.isSafeInteger(receiveBufferBytes) || receiveBufferBytes < 0) {
    throw new RangeError(
      `receiveBufferBytes must be a whole number of bytes, got ${receiveBufferBytes}`,
    );
  }
  if (log !== undefined) checkTrailOptions(log);
}
