import { operateSemaphores, packSemaphoreSteps, SyscallError } from "@task-watchers/linux";
import type { SemaphoreErrorFacts } from "./semaphore-error.ts";
import { onSet, toSemaphoreError } from "./translate.ts";
import type { SemaphoreStep } from "./types.ts";
import type { QueueCalls } from "./wait-queue.ts";

/** Makes checked steps without waiting. @returns false when they would have to wait */
export function operateNow(id: number, steps: readonly SemaphoreStep[], undo: boolean): boolean {
  const packed = packSemaphoreSteps(steps, { undo, wait: false });
  return onSet(blame(id, steps), () => operateSemaphores(id, packed));
}

/** The queue's calls on a set of the kernel's. */
export function queueCalls(id: number): QueueCalls {
  return {
    set: id,
    operate: (steps, undo) => operateNow(id, steps, undo),
    pack: (steps, undo) => packSemaphoreSteps(steps, { undo, wait: true }),
    refused: (steps, syscall, errno) => {
      const error = toSemaphoreError(new SyscallError(syscall, errno), blame(id, steps), true);
      return error as Error;
    },
  };
}

/** One step is to blame for what is refused; of several the kernel does not say which. */
function blame(set: number, steps: readonly SemaphoreStep[]): SemaphoreErrorFacts {
  const [first] = steps;
  return first !== undefined && steps.length === 1 ? { set, semaphore: first.semaphore } : { set };
}
