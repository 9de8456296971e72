import { setTimeout as sleep } from "node:timers/promises";
import {
  createSemaphores,
  findSemaphores,
  removeSemaphores,
  SyscallError,
} from "@task-watchers/linux";
import { SemaphoreCountError } from "./count-error.ts";
import { giveInitialValues } from "./initial-values.ts";
import { KernelSet } from "./kernel-set.ts";
import { type OpenPlan, planOpen } from "./open-arguments.ts";
import { SemaphoreError } from "./semaphore-error.ts";
import { readStat } from "./stat.ts";
import { toSemaphoreError } from "./translate.ts";
import type { SemaphoreSet, SemaphoresOptions } from "./types.ts";

/** How often a set may vanish between two calls before that is told. */
const ATTEMPTS = 100;
/** How often another's initial values are looked for, milliseconds. */
const LOOK_MS = 2;
const ETIMEDOUT = 110;

/**
 * Opens a set of semaphores, or makes it, with values that no other opener can see half made: see `initial`.
 *
 * @throws TypeError, RangeError for arguments that cannot be; SemaphoreCountError when the set has another size;
 *   SemaphoreError `ENOENT`, `EEXIST`, `EACCES`, `ENOSPC`, `ENOSYS`, `ETIMEDOUT` when another never gave initial values
 */
export async function openSemaphores(options: SemaphoresOptions): Promise<SemaphoreSet> {
  const plan = planOpen(options);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await open(plan);
    } catch (error) {
      const again = plan.create && !plan.exclusive && attempt < ATTEMPTS && hasVanished(error);
      if (!again) throw toSemaphoreError(error, {});
    }
  }
}

async function open(plan: OpenPlan): Promise<SemaphoreSet> {
  const made = plan.create ? make(plan) : undefined;
  if (made !== undefined) return new KernelSet({ id: made, count: plan.count, created: true });
  const id = findSemaphores(plan.key, 0);
  const { count } = readStat(id);
  if (plan.count !== 0 && plan.count !== count) {
    throw new SemaphoreCountError({ set: id, wanted: plan.count, found: count });
  }
  if (plan.create) await initialValuesOf(id, plan.initialTimeoutMs);
  return new KernelSet({ id, count, created: false });
}

/** @returns nothing when there is one already */
function make({ key, count, mode, exclusive, initial }: OpenPlan): number | undefined {
  let id: number;
  try {
    id =
      key === 0
        ? createSemaphores(count, mode)
        : findSemaphores(key, count, { mode, exclusive: true });
  } catch (error) {
    if (!exclusive && error instanceof SyscallError && error.code === "EEXIST") return undefined;
    throw error;
  }
  try {
    giveInitialValues(id, initial);
  } catch (error) {
    removeSemaphores(id);
    throw error;
  }
  return id;
}

/** Until whoever made the set has operated on it. */
async function initialValuesOf(id: number, timeoutMs: number): Promise<void> {
  const patience = performance.now() + timeoutMs;
  while (readStat(id).operatedAt === 0) {
    if (performance.now() >= patience) {
      const hint =
        "whoever made the set has given it no values yet: open it without create to take it as it is, " +
        `or remove it with ipcrm -s ${id}`;
      throw new SemaphoreError("semget", ETIMEDOUT, { set: id, hint });
    }
    await sleep(LOOK_MS);
  }
}

/** Removed by somebody between two of our calls. */
function hasVanished(error: unknown): boolean {
  return (
    error instanceof SyscallError &&
    ["ENOENT", "EIDRM", "EINVAL"].includes(error.code) &&
    !isTooLarge(error)
  );
}

/** The making itself was refused. */
function isTooLarge(error: SyscallError): boolean {
  return error.syscall === "semget" && error.code === "EINVAL";
}
