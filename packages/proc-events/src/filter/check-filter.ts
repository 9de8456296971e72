import { PROC_EVENT_KINDS } from "../event/proc-event.ts";
import type { ProcEventFilter } from "./filter.ts";

/** The kinds a filter lets through that names none. */
export const DEFAULT_KINDS = ["fork", "exec", "uid", "gid", "exit"] as const;

/** User ids go up to here; 2^32-1 stands for none. */
const MAX_UID = 4_294_967_294;
const MAX_PID = 4_194_304;

const CHECKS: Readonly<Record<keyof ProcEventFilter, (value: unknown) => void>> = {
  kinds: (value) => {
    if (!Array.isArray(value)) wrong("kinds", "a list of kinds", value);
    checkList("kinds", value, checkKind);
  },
  pid: (value) => checkList("pid", value, (pid) => checkInteger("pid", pid, 1, MAX_PID)),
  uid: (value) => checkList("uid", value, (uid) => checkInteger("uid", uid, 0, MAX_UID)),
  command: (value) => checkList("command", value, checkCommand),
  cgroup: (value) => {
    if (typeof value !== "string") wrong("cgroup", "a path", value);
    if (!value.startsWith("/")) {
      throw new RangeError(
        `cgroup must begin with "/", such as "/system.slice", got ${show(value)}`,
      );
    }
  },
  failed: (value) => checkBoolean("failed", value),
  minDurationMs: (value) => {
    if (typeof value !== "number") wrong("minDurationMs", "a number", value);
    if (!Number.isFinite(value) || value < 0) {
      throw new RangeError(`minDurationMs must be 0 or more milliseconds, got ${value}`);
    }
  },
  threads: (value) => checkBoolean("threads", value),
  existing: (value) => checkBoolean("existing", value),
};

/** Names of everything a filter may hold. */
export const FILTER_KEYS: readonly string[] = Object.keys(CHECKS);

/**
 * @throws TypeError when something is of the wrong kind or not known, or when two conditions exclude each other
 * @throws RangeError when a value is out of range; both name the value and what would be right
 */
export function checkFilter(filter: ProcEventFilter): void {
  if (typeof filter !== "object" || filter === null || Array.isArray(filter)) {
    throw new TypeError(`a filter must be an object, got ${show(filter)}`);
  }
  for (const [key, value] of Object.entries(filter)) {
    if (!isKey(key)) {
      throw new TypeError(`a filter has no ${show(key)}, it may have ${FILTER_KEYS.join(", ")}`);
    }
    if (value !== undefined) CHECKS[key](value);
  }
  checkConsistency(filter);
}

/** Conditions that no event could meet are a mistake. */
function checkConsistency({ kinds, failed, minDurationMs, existing }: ProcEventFilter): void {
  if (kinds === undefined) return;
  for (const [name, isSet] of [
    ["failed", failed === true],
    ["minDurationMs", minDurationMs !== undefined],
  ] as const) {
    if (isSet && !kinds.includes("exit")) {
      throw new TypeError(
        `${name} lets only exits through: kinds must hold "exit", got ${show(kinds)}`,
      );
    }
  }
  if (existing === true && !kinds.includes("fork")) {
    throw new TypeError(`existing tasks come as forks: kinds must hold "fork", got ${show(kinds)}`);
  }
}

function isKey(key: string): key is keyof ProcEventFilter {
  return Object.hasOwn(CHECKS, key);
}

function checkList(name: string, value: unknown, check: (item: unknown) => void): void {
  if (!Array.isArray(value)) {
    check(value);
    return;
  }
  if (value.length === 0)
    throw new RangeError(`${name} must not be an empty list: leave it out for all`);
  for (const item of value) check(item);
}

function checkKind(value: unknown): void {
  if ((PROC_EVENT_KINDS as readonly unknown[]).includes(value)) return;
  throw new TypeError(`kinds must be among ${PROC_EVENT_KINDS.join(", ")}, got ${show(value)}`);
}

function checkCommand(value: unknown): void {
  if (value instanceof RegExp) return;
  if (typeof value !== "string") wrong("command", "text or a RegExp", value);
  if (value === "") throw new RangeError('command must be the name of a program, got ""');
}

function checkInteger(name: string, value: unknown, min: number, max: number): void {
  if (typeof value !== "number") wrong(name, "a number", value);
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${name} must be a whole number from ${min} to ${max}, got ${value}`);
}

function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== "boolean") wrong(name, "true or false", value);
}

function wrong(name: string, right: string, value: unknown): never {
  throw new TypeError(`${name} must be ${right}, got ${show(value)}`);
}

/** A value as an error message names it. */
export function show(value: unknown): string {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? "an object"
    : (JSON.stringify(value) ?? String(value));
}
