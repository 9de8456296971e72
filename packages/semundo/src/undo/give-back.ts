import { LARGEST_VALUE, type UndoKernel, type UndoStep } from "./undo-kernel.ts";

/** What became of one semaphore's adjustment. */
export interface GivenBack {
  readonly semaphore: number;
  /** What was to be added to the value. */
  readonly adjust: number;
  /** How much of it did not fit between 0 and 32767, as a count; the kernel drops it without a word. */
  readonly dropped: number;
  /** The kernel's record of this process still has it: it had no room for the change. As a count. */
  readonly unrecorded: number;
}

/** Attempts after which other processes are taken to change a value for ever. */
const ATTEMPTS = 100_000;

/**
 * Adds to the values what a holder's record says, each clamped to 0 … 32767, as `exit_sem` of the kernel does: without
 * waiting, and without SETVAL, which would wipe out everybody's undo. The kernel's record of this process, which stood in
 * for the holder's, goes back by as much. All semaphores at once where nothing has to be clamped, else one by one.
 *
 * @throws an error with `code` `EIDRM` or `EINVAL` when the set is gone, `EACCES` when its mode was changed
 */
export function giveBack(
  kernel: UndoKernel,
  set: number,
  adjusts: readonly (readonly [semaphore: number, adjust: number])[],
): GivenBack[] {
  if (adjusts.length === 0) return [];
  const all = adjusts.map(([semaphore, change]) => ({ semaphore, change, undo: true }));
  if (all.length <= LARGEST_OPERATION && attempt(kernel, set, all) === "done") {
    return adjusts.map(([semaphore, adjust]) => ({
      semaphore,
      adjust,
      dropped: 0,
      unrecorded: 0,
    }));
  }
  return adjusts.map(([semaphore, adjust]) => giveBackOne(kernel, set, semaphore, adjust));
}

/** SEMOPM, steps the kernel takes at once by default. */
const LARGEST_OPERATION = 500;

function giveBackOne(
  kernel: UndoKernel,
  set: number,
  semaphore: number,
  adjust: number,
): GivenBack {
  let refusedAt: number | undefined;
  for (let n = 0; n < ATTEMPTS; n++) {
    const value = kernel.value(set, semaphore);
    const target = Math.min(Math.max(value + adjust, 0), LARGEST_VALUE);
    const dropped = Math.abs(value + adjust - target);
    const recorded = { semaphore, change: adjust, undo: true };
    const steps = dropped === 0 ? [recorded] : clampedSteps(semaphore, adjust, value);
    const outcome = attempt(kernel, set, steps);
    if (outcome === "done") return { semaphore, adjust, dropped, unrecorded: 0 };
    // Refused twice at the same value: it is not the value that is out of range but the record of this process.
    if (outcome === "range" && refusedAt === value) {
      const raised = [{ semaphore, change: target, undo: false }].filter(isStep);
      if (attempt(kernel, set, [...emptied(semaphore, value), ...raised]) === "done") {
        return { semaphore, adjust, dropped, unrecorded: Math.abs(adjust) };
      }
    }
    refusedAt = outcome === "range" ? value : undefined;
  }
  throw Object.assign(new Error(`semaphore ${semaphore} of set ${set} never stands still`), {
    code: "EAGAIN",
  });
}

/**
 * Steps that put the value to its limit and take the whole adjustment out of the kernel's record. They begin by proving that the
 * value is still what it was.
 */
function clampedSteps(semaphore: number, adjust: number, value: number): UndoStep[] {
  const step = (change: number, undo: boolean): UndoStep => ({ semaphore, change, undo });
  if (adjust > 0) {
    const rest = [step(adjust, true), step(LARGEST_VALUE - adjust, false)];
    return [...emptied(semaphore, value), ...rest.filter(isStep)];
  }
  // What is taken, -32768 at the most, is put there first; a value holds one less than that.
  const part = Math.max(adjust, -LARGEST_VALUE);
  const rest = [step(-part, false), step(part, true)];
  if (part !== adjust) rest.push(step(1, false), step(-1, true));
  return [...emptied(semaphore, value), ...rest];
}

/** Takes away exactly this value, and proves it: the wait for zero fails if another has changed it. */
function emptied(semaphore: number, value: number): UndoStep[] {
  const isZero = { semaphore, change: 0, undo: false };
  return value === 0 ? [isZero] : [{ semaphore, change: -value, undo: false }, isZero];
}

/** A step of 0 would wait for zero. */
function isStep({ change }: UndoStep): boolean {
  return change !== 0;
}

/** Steps that change the kernel's record of this process by so much, and no value. */
export function recordOnly(semaphore: number, adjust: number): UndoStep[] {
  return [
    { semaphore, change: -adjust, undo: false },
    { semaphore, change: adjust, undo: true },
  ];
}

function attempt(
  kernel: UndoKernel,
  set: number,
  steps: readonly UndoStep[],
): "done" | "again" | "range" {
  try {
    return kernel.tryOperate(set, steps) ? "done" : "again";
  } catch (error) {
    if (codeOf(error) === "ERANGE") return "range";
    throw error;
  }
}

/** The `code` of an error; undefined when it has none. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
