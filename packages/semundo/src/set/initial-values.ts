import {
  operateSemaphores,
  packSemaphoreSteps,
  setSemaphoreValues,
  SyscallError,
} from "@task-watchers/linux";

/**
 * Gives a set just made its values. The first operation on a set makes sem_otime differ from 0, and by that the others know:
 * so it is the operation that brings the values, all at once.
 */
export function giveInitialValues(id: number, initial: readonly number[]): void {
  const steps = initial
    .map((change, semaphore) => ({ semaphore, change }))
    .filter(({ change }) => change !== 0);
  try {
    if (steps.length > 0) {
      operate(id, steps);
      return;
    }
  } catch (error) {
    if (!(error instanceof SyscallError) || error.code !== "E2BIG") throw error;
    // More than one operation may have steps. Nobody has anything to give back yet that SETALL would forget.
    setSemaphoreValues(id, Uint16Array.from(initial));
  }
  // Changes nothing.
  const up = initial[0] === 32_767 ? -1 : 1;
  operate(id, [
    { semaphore: 0, change: up },
    { semaphore: 0, change: -up },
  ]);
}

function operate(id: number, steps: { semaphore: number; change: number }[]): void {
  operateSemaphores(id, packSemaphoreSteps(steps, { undo: false, wait: false }));
}
