import type { AuditClient } from "../client/audit-client.ts";
import type { AuditStatus } from "../client/status.ts";
import { type Holder, isAlive, self } from "../lease/holder.ts";
import { readRunFile, removeRunFile, writeRunFile } from "../lease/run-file.ts";

/** What a daemon of ours has changed, so that the next one can put it back if this one is killed. Gone at boot, as the values are. */
export const STATE_FILE = "/run/task-watchers-audit-daemon.json";

/** The part of the status that a daemon changes. */
export type DaemonLimits = Pick<AuditStatus, "backlogLimit"> & {
  readonly backlogWaitTicks: number;
};

interface DaemonState extends Holder {
  /** To go back to. */
  readonly before: DaemonLimits;
  /** What it was set to: what is something else by now was set by somebody else. */
  readonly during: DaemonLimits;
}

/** Writes down what is about to be changed. Who may not write to /run cannot, and goes on. */
export function rememberLimits(
  before: DaemonLimits,
  during: DaemonLimits,
  path: string = STATE_FILE,
): void {
  const state: DaemonState = { ...self(), before, during };
  writeRunFile(path, state);
}

/** Puts back what a daemon left that is no more. */
export async function restoreLeftLimits(
  client: AuditClient,
  path: string = STATE_FILE,
): Promise<void> {
  const state = readState(path);
  if (state === undefined || isAlive(state)) return;
  await restoreLimits(client, state.before, state.during);
  forgetLimits(path);
}

/** Puts back those values that nobody else has changed meanwhile. */
export async function restoreLimits(
  client: AuditClient,
  before: DaemonLimits,
  during: DaemonLimits,
): Promise<void> {
  const now = await client.status();
  for (const name of ["backlogLimit", "backlogWaitTicks"] as const) {
    if (now[name] === during[name] && before[name] !== during[name]) {
      await client.setStatus({ [name]: before[name] });
    }
  }
}

/** Nothing is left to be put back. */
export function forgetLimits(path: string = STATE_FILE): void {
  removeRunFile(path);
}

function readState(path: string): DaemonState | undefined {
  const state = readRunFile(path);
  return isState(state) ? state : undefined;
}

function isState(value: unknown): value is DaemonState {
  return (
    hasNumbers(value, ["pid", "startTicks"]) &&
    hasLimits(value, "before") &&
    hasLimits(value, "during")
  );
}

function hasLimits(value: object, name: string): boolean {
  const limits: unknown = Reflect.get(value, name);
  return hasNumbers(limits, ["backlogLimit", "backlogWaitTicks"]);
}

function hasNumbers(value: unknown, names: readonly string[]): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    names.every((name) => Number.isSafeInteger(Reflect.get(value, name)))
  );
}
