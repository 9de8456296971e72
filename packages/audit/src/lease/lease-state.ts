import { type Holder, isAlive, isSameHolder } from "./holder.ts";
import { readRunFile, removeRunFile, writeRunFile } from "./run-file.ts";

/**
 * What the rules' keys alone cannot keep: somebody may delete all rules, as `auditctl -D` does, and no key says which daemon
 * there was. To be read and written under the lock only.
 */
export const LEASE_STATE_FILE = "/run/task-watchers-audit-lease.json";

/** Who has leases, and what to go back to at the end of the last. */
export interface LeaseState {
  /** One for each lease. */
  readonly holders: readonly Holder[];
  /** Absent when audit was on before any of them. */
  readonly off?: {
    /** Pid of the daemon when audit was switched on; 0 when there was none. */
    readonly daemon: number;
  };
}

/** Undefined when nobody has a lease, or none that could be written down. Those who live no more are among its holders. */
export function readLeaseState(path: string = LEASE_STATE_FILE): LeaseState | undefined {
  const state = readRunFile(path);
  return isState(state) ? state : undefined;
}

/** The file goes with the last holder. */
export function writeLeaseState(state: LeaseState, path: string = LEASE_STATE_FILE): void {
  if (state.holders.length === 0) removeRunFile(path);
  else writeRunFile(path, state);
}

/** The state without those who live no more. */
export function ofTheLiving({ holders, ...rest }: LeaseState): LeaseState {
  return { ...rest, holders: holders.filter(isAlive) };
}

/** The state without one lease of a holder. */
export function withoutLease({ holders, ...rest }: LeaseState, holder: Holder): LeaseState {
  const at = holders.findIndex((one) => isSameHolder(one, holder));
  return { ...rest, holders: holders.filter((_, i) => i !== at) };
}

function isState(value: unknown): value is LeaseState {
  if (typeof value !== "object" || value === null) return false;
  const holders: unknown = Reflect.get(value, "holders");
  const off: unknown = Reflect.get(value, "off");
  return (
    Array.isArray(holders) &&
    holders.every((holder) => hasCounts(holder, ["pid", "startTicks"])) &&
    (off === undefined || hasCounts(off, ["daemon"]))
  );
}

function hasCounts(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => Number.isSafeInteger(Reflect.get(value, name)));
}
