import type { AuditClient } from "../client/audit-client.ts";
import { AUDIT_FEATURE_BITMAP_SESSIONID_FILTER } from "../client/constants.ts";
import type { AuditStatus } from "../client/status.ts";
import { AuditUnavailableError } from "../client/unavailable.ts";
import { hostArches } from "../rules/arches.ts";
import type { RuleField } from "../rules/rule.ts";
import { LEASE_RULES, type LeaseRule, syscallsFor } from "./recipes.ts";

/** What shall be recorded, and of whom. */
export interface LeaseOptions {
  /** Stays the caller's; must be open until the lease is released. */
  readonly client: AuditClient;
  /** `exec`: programs started; `exit`: exit(2) and exit_group(2); `ids`: changes of user and group ids. */
  readonly rules: readonly LeaseRule[];
  /** ABIs, as AUDIT_ARCH_… numbers (default all that the machine may have: those of 64 and of 32 bits). */
  readonly arches?: readonly number[];
  /** Switch audit on if it is off, and off again at the end (default false). Concerns the whole host. */
  readonly enable?: boolean;
  /** Only tasks of this session (/proc/PID/sessionid), which children inherit. Since Linux 4.10. Default all. */
  readonly session?: number;
  /** Only these processes, in the initial pid namespace; not their children. Default all. */
  readonly pids?: readonly number[];
}

/** One narrowed down kind of rule. */
export interface LeaseScope {
  readonly arch: number;
  readonly fields: readonly RuleField[];
}

/** Rules are tried at each system call that they are for: more would be felt. */
const MAX_PIDS = 64;

/** @throws TypeError or RangeError naming the value */
export function checkLeaseOptions(options: LeaseOptions): void {
  const { rules, arches, session, pids } = options;
  if (rules.length === 0) throw new RangeError(`rules must name some of ${LEASE_RULES.join(", ")}`);
  for (const rule of rules) {
    if (LEASE_RULES.includes(rule)) continue;
    throw new RangeError(`rules must be of ${LEASE_RULES.join(", ")}, got ${JSON.stringify(rule)}`);
  }
  requireDistinct("rules", rules);
  if (arches !== undefined) {
    if (arches.length === 0) throw new RangeError("arches must name an architecture");
    requireDistinct("arches", arches);
    // Throws for one that is not known.
    for (const arch of arches) for (const rule of rules) syscallsFor(rule, arch);
  }
  if (session !== undefined && !isWord(session)) {
    throw new RangeError(`session must be a whole number of 32 bits, got ${session}`);
  }
  if (pids === undefined) return;
  if (pids.length === 0 || pids.length > MAX_PIDS) {
    throw new RangeError(`pids must be 1 to ${MAX_PIDS} process ids, got ${pids.length}`);
  }
  requireDistinct("pids", pids);
  for (const pid of pids) {
    if (Number.isInteger(pid) && pid > 0 && pid <= 0x7fff_ffff) continue;
    throw new RangeError(`pids must be positive integers of 31 bits, got ${pid}`);
  }
}

/** @throws AuditUnavailableError `EOPNOTSUPP` when the kernel cannot narrow down so */
export function scopesOf(options: LeaseOptions, status: AuditStatus): LeaseScope[] {
  const { session, pids } = options;
  if (
    session !== undefined &&
    ((status.featureBits ?? 0) & AUDIT_FEATURE_BITMAP_SESSIONID_FILTER) === 0
  ) {
    throw new AuditUnavailableError(
      "EOPNOTSUPP",
      "this kernel's rules cannot compare the session id",
      "use Linux 4.10 or later, or record the whole host",
    );
  }
  const { b64, b32 } = hostArches();
  const arches = options.arches ?? (b32 === undefined ? [b64] : [b64, b32]);
  const inSession: RuleField[] =
    session === undefined ? [] : [{ field: "sessionid", operator: "=", value: session }];
  const narrowed =
    pids === undefined
      ? [inSession]
      : pids.map((pid): RuleField[] => [{ field: "pid", operator: "=", value: pid }, ...inSession]);
  return arches.flatMap((arch) => narrowed.map((fields) => ({ arch, fields })));
}

function isWord(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}

function requireDistinct(name: string, values: readonly unknown[]): void {
  if (new Set(values).size === values.length) return;
  throw new RangeError(`${name} must not name anything twice, got ${values.join(", ")}`);
}
