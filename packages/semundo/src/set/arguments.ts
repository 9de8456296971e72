import { SemaphoreError } from "./semaphore-error.ts";
import type { OperateOptions, SemaphoreStep } from "./types.ts";

/** SEMVMX, include/uapi/linux/sem.h. */
export const MAX_VALUE = 32_767;
/** An index is an unsigned short. */
export const MAX_COUNT = 65_535;
/** The longest time that Node's timers keep. */
export const MAX_TIMEOUT_MS = 2_147_483_647;
const EFBIG = 27;
const ERANGE = 34;

/** Which set a call is about, for its errors. */
export interface SetFacts {
  readonly id: number;
  readonly count: number;
}

/** @throws RangeError; SemaphoreError `EFBIG` */
export function checkSemaphore(semaphore: number, set: SetFacts, syscall: string): void {
  if (!Number.isInteger(semaphore) || semaphore < 0) {
    throw new RangeError(`semaphore must be a whole number from 0, got ${String(semaphore)}`);
  }
  if (semaphore < set.count) return;
  const hint = `the set has ${set.count}, numbered from 0`;
  throw new SemaphoreError(syscall, EFBIG, { set: set.id, semaphore, hint });
}

/** @throws RangeError; SemaphoreError `ERANGE` */
export function checkValue(value: number, set: SetFacts, semaphore: number): void {
  if (!Number.isInteger(value) || value < 0) {
    throw new RangeError(`value must be a whole number from 0 to 32767, got ${String(value)}`);
  }
  if (value <= MAX_VALUE) return;
  const hint = `a value is 32767 at most, got ${value}`;
  throw new SemaphoreError("semctl", ERANGE, { set: set.id, semaphore, hint });
}

/** @throws RangeError; SemaphoreError `ERANGE` */
export function checkUnits(units: number, set: SetFacts, semaphore: number): void {
  if (!Number.isInteger(units) || units < 1) {
    throw new RangeError(`units must be a whole number from 1 to 32767, got ${String(units)}`);
  }
  if (units <= MAX_VALUE) return;
  const hint = `there are never more than 32767 units, got ${units}`;
  throw new SemaphoreError("semop", ERANGE, { set: set.id, semaphore, hint });
}

/** @throws TypeError; RangeError; SemaphoreError `EFBIG`, `ERANGE` */
export function checkSteps(steps: readonly SemaphoreStep[], set: SetFacts): void {
  if (!Array.isArray(steps)) throw new TypeError(`steps must be an array, got ${typeof steps}`);
  if (steps.length === 0) throw new RangeError("steps must be one at least, got none");
  for (const { semaphore, change } of steps as readonly SemaphoreStep[]) {
    checkSemaphore(semaphore, set, "semop");
    if (!Number.isInteger(change)) {
      const range = "from -32767 to 32767";
      throw new RangeError(`change must be a whole number ${range}, got ${String(change)}`);
    }
    if (Math.abs(change) > MAX_VALUE) {
      const hint = `a change is 32767 at most either way, got ${change}`;
      throw new SemaphoreError("semop", ERANGE, { set: set.id, semaphore, hint });
    }
  }
}

/** @throws TypeError; RangeError */
export function checkWait({ timeoutMs, signal }: OperateOptions): void {
  if (timeoutMs !== undefined) checkTimeout("timeoutMs", timeoutMs);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`signal must be an AbortSignal, got ${typeof signal}`);
  }
}

/** @throws RangeError */
export function checkTimeout(name: string, milliseconds: number): void {
  if (milliseconds >= 0 && milliseconds <= MAX_TIMEOUT_MS) return;
  throw new RangeError(`${name} must be from 0 to ${MAX_TIMEOUT_MS}, got ${String(milliseconds)}`);
}
