import { checkTimeout, MAX_COUNT, MAX_VALUE } from "./arguments.ts";
import { checkMode } from "./owner.ts";
import type { SemaphoresOptions } from "./types.ts";

const MAX_KEY = 0xffff_ffff;
const INITIAL_TIMEOUT_MS = 1000;
/** Whoever makes a set gives it its values, and so must be able to read and alter it. */
const OWNER = 0o600;

/** What to open, checked and complete. */
export interface OpenPlan {
  /** 0 for a private set. */
  readonly key: number;
  /** 0 when any number will do. */
  readonly count: number;
  readonly create: boolean;
  readonly exclusive: boolean;
  readonly mode: number;
  /** One each; empty when nothing is made. */
  readonly initial: readonly number[];
  readonly initialTimeoutMs: number;
}

/** Checks all that can be before anything happens. @throws TypeError; RangeError */
export function planOpen(options: SemaphoresOptions): OpenPlan {
  const { key, count, mode = OWNER, initial = 0, exclusive = false } = options;
  const { initialTimeoutMs = INITIAL_TIMEOUT_MS } = options;
  const isPrivate = options.private === true;
  if ((key === undefined) !== isPrivate) throw new TypeError("Give either key or private: true");
  if (key !== undefined) checkRange("key", key, 1, MAX_KEY);
  const create = options.create ?? isPrivate;
  if (isPrivate && !create) throw new TypeError("A private set is always made: leave create out");
  if (exclusive && !create) throw new TypeError("exclusive is only for a set to create");
  if (create && count === undefined) throw new TypeError("count is needed to make a set");
  if (count !== undefined) checkRange("count", count, 1, MAX_COUNT);
  checkMode(mode);
  if ((mode & OWNER) !== OWNER) {
    throw new RangeError(
      `mode must let the owner read and alter (0o600), got 0o${mode.toString(8)}`,
    );
  }
  checkTimeout("initialTimeoutMs", initialTimeoutMs);
  const values = create ? initialValues(initial, count ?? 0) : [];
  const rest = { exclusive, mode, initial: values, initialTimeoutMs };
  return { key: key ?? 0, count: count ?? 0, create, ...rest };
}

function initialValues(initial: number | readonly number[], count: number): readonly number[] {
  const values = typeof initial === "number" ? Array<number>(count).fill(initial) : [...initial];
  if (values.length !== count) {
    throw new RangeError(`initial must be one value, or ${count}, got ${values.length}`);
  }
  for (const value of values) checkRange("initial", value, 0, MAX_VALUE);
  return values;
}

function checkRange(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `${name} must be a whole number from ${least} to ${most}, got ${String(value)}`,
  );
}
