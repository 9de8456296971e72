import { decodeStruct, type Layout, u32 } from "@task-watchers/linux/layout";
import {
  AUDIT_STATUS_BACKLOG_LIMIT,
  AUDIT_STATUS_BACKLOG_WAIT_TIME,
  AUDIT_STATUS_ENABLED,
  AUDIT_STATUS_FAILURE,
  AUDIT_STATUS_PID,
  AUDIT_STATUS_RATE_LIMIT,
} from "./constants.ts";

/** What struct audit_status holds, include/uapi/linux/audit.h. */
export interface AuditStatusWords {
  /** 0 off, 1 on, 2 on and locked: nothing can be changed until the next boot. */
  readonly enabled: number;
  /** What happens when a record cannot be kept: 0 nothing, 1 a line in the kernel's log, 2 the kernel panics. */
  readonly failure: number;
  /** Process id of the daemon that gets the records, in the initial pid namespace; 0 when there is none. */
  readonly pid: number;
  /** Records a second beyond which they are dropped; 0 for no limit. */
  readonly rateLimit: number;
  /** Records that may wait for the daemon; 0 for no limit. */
  readonly backlogLimit: number;
  /** Records dropped since boot or the last reset. What a multicast reader missed is not among them. */
  readonly lost: number;
  /** Records that wait for the daemon now. */
  readonly backlog: number;
  /** Bits of AUDIT_FEATURE_BITMAP_…; a version number before Linux 3.19; absent before 3.14. */
  readonly featureBits?: number;
  /** How long a task that makes a record may be held up when too many wait; jiffies. Absent before Linux 3.14. */
  readonly backlogWaitTicks?: number;
  /** How long tasks have been held up so, all together; jiffies. Absent before Linux 5.9. */
  readonly backlogWaitedTicks?: number;
}

/** The state of audit in the kernel. */
export interface AuditStatus extends AuditStatusWords {
  /** `backlogWaitTicks` in milliseconds; absent with it, and where the kernel does not tell how long a jiffy is. */
  readonly backlogWaitMs?: number;
  /** `backlogWaitedTicks` in milliseconds; absent with it, and where the kernel does not tell how long a jiffy is. */
  readonly backlogWaitedMs?: number;
}

/** What of the status can be set; what is absent stays as it is. */
export interface AuditStatusChange {
  /** 0 off, 1 on. 2 locks audit until the next boot, and is taken with `allowLock` only. */
  readonly enabled?: number;
  /** 0 silent, 1 a line in the kernel's log. 2 panics, and is taken with `allowPanic` only. */
  readonly failure?: number;
  /** Records a second; 0 for no limit. */
  readonly rateLimit?: number;
  /** Records; 0 for no limit. */
  readonly backlogLimit?: number;
  /** Jiffies: see `jiffyNs` of `@task-watchers/linux`; the kernel takes 600 s at most. Since Linux 3.14. */
  readonly backlogWaitTicks?: number;
}

/** Leave to do what cannot be undone. */
export interface StatusDangers {
  /** Take `enabled: 2`, which only a reboot undoes (default false). */
  readonly allowLock?: boolean;
  /** Take `failure: 2`, with which a lost record stops the machine (default false). */
  readonly allowPanic?: boolean;
}

/** sizeof(struct audit_status) since Linux 5.9; 40 from 3.14 on, 32 before. Offset 0 is the mask, which replies leave 0. */
export const STATUS_SIZE = 44;
/** Without the fields that Linux 3.14 and 5.9 added. */
const STATUS_MIN_SIZE = 32;

/** struct audit_status, include/uapi/linux/audit.h. */
export const statusLayout: Layout<AuditStatusWords> = {
  enabled: u32(4),
  failure: u32(8),
  pid: u32(12),
  rateLimit: u32(16),
  backlogLimit: u32(20),
  lost: u32(24),
  backlog: u32(28),
  featureBits: u32(32),
  backlogWaitTicks: u32(36),
  backlogWaitedTicks: u32(40),
};

/** @throws RangeError when it is shorter than that of any kernel */
export function decodeStatus(payload: Uint8Array): AuditStatusWords {
  return decodeStruct("struct audit_status", statusLayout, payload, STATUS_MIN_SIZE);
}

/** The same with times in milliseconds. @param tickNs nanoseconds in one jiffy */
export function withMilliseconds(words: AuditStatusWords, tickNs: bigint): AuditStatus {
  const { backlogWaitTicks, backlogWaitedTicks } = words;
  const ms = (ticks: number): number => (ticks * Number(tickNs)) / 1e6;
  return {
    ...words,
    ...(backlogWaitTicks !== undefined && { backlogWaitMs: ms(backlogWaitTicks) }),
    ...(backlogWaitedTicks !== undefined && { backlogWaitedMs: ms(backlogWaitedTicks) }),
  };
}

/** The words of a status that sets nothing but what the mask says. */
export function encodeStatus(mask: number, values: Partial<AuditStatusWords> = {}): Uint8Array {
  const words = new Uint32Array(STATUS_SIZE / 4);
  words[0] = mask;
  for (const name of Object.keys(values) as (keyof AuditStatusWords)[]) {
    words[statusLayout[name].offset / 4] = values[name] ?? 0;
  }
  return new Uint8Array(words.buffer);
}

/** The request that registers this process as the daemon, or with 0 unregisters it. */
export function encodeDaemonPid(pid: number): Uint8Array {
  return encodeStatus(AUDIT_STATUS_PID, { pid });
}

/** @throws RangeError for a value that the kernel would not take, or that needs leave it has not got */
export function encodeStatusChange(
  change: AuditStatusChange,
  dangers: StatusDangers = {},
): Uint8Array {
  const { enabled, failure } = change;
  requireLevel("enabled", enabled, dangers.allowLock === true, "which locks audit until reboot");
  requireLevel("failure", failure, dangers.allowPanic === true, "which makes the kernel panic");
  let mask = 0;
  const values: Record<string, number> = {};
  for (const [name, bit] of Object.entries(BITS) as [keyof AuditStatusChange, number][]) {
    const value = change[name];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
      throw new RangeError(`${name} must be a whole number of 32 bits, got ${value}`);
    }
    mask |= bit;
    values[name] = value;
  }
  for (const name of Object.keys(change)) {
    if (!(name in BITS)) {
      throw new TypeError(`${name} cannot be set; what can: ${Object.keys(BITS).join(", ")}`);
    }
  }
  return encodeStatus(mask, values);
}

const BITS: Readonly<Record<keyof AuditStatusChange, number>> = {
  enabled: AUDIT_STATUS_ENABLED,
  failure: AUDIT_STATUS_FAILURE,
  rateLimit: AUDIT_STATUS_RATE_LIMIT,
  backlogLimit: AUDIT_STATUS_BACKLOG_LIMIT,
  backlogWaitTicks: AUDIT_STATUS_BACKLOG_WAIT_TIME,
};

function requireLevel(
  name: "enabled" | "failure",
  value: number | undefined,
  two: boolean,
  meaning: string,
): void {
  if (value === undefined || value === 0 || value === 1 || (two && value === 2)) return;
  const option = name === "enabled" ? "allowLock" : "allowPanic";
  throw new RangeError(
    value === 2
      ? `${name} 2, ${meaning}, is taken with ${option} only`
      : `${name} must be 0 or 1, got ${value}`,
  );
}
