import { AbortError } from "./abort-error.ts";
import { onAbort } from "./on-abort.ts";
import { operateNow } from "./operate.ts";
import { SemaphoreError } from "./semaphore-error.ts";
import type { OperateOptions, SemaphoreStep } from "./types.ts";
import type { WaitQueue } from "./wait-queue.ts";

const ETIMEDOUT = 110;
const ECANCELED = 125;

/** The set object that waits. */
export interface WaitOwner {
  /** Id of the set. */
  readonly id: number;
  readonly isClosed: boolean;
}

/** An operation, checked. */
export interface CheckedOperation extends OperateOptions {
  readonly steps: readonly SemaphoreStep[];
  readonly undo: boolean;
}

/**
 * Makes checked steps, waiting in the queue if need be. Resolves at once when nobody waits and it can be done.
 *
 * @throws SemaphoreError; AbortError
 */
export async function waitInQueue(
  queue: WaitQueue,
  owner: WaitOwner,
  operation: CheckedOperation,
): Promise<void> {
  const { steps, signal, timeoutMs, undo } = operation;
  if (signal?.aborted === true) throw new AbortError(signal.reason);
  // Who only gives overtakes nobody, and may be whom the queue waits for.
  const mayGoFirst = queue.size === 0 || steps.every(({ change }) => change > 0);
  if (mayGoFirst && operateNow(owner.id, steps, undo)) return;
  if (owner.isClosed) throw closed(owner.id);
  if (timeoutMs === 0) throw timedOut(owner.id, steps, timeoutMs);
  await enqueue(queue, owner, operation);
}

/** For what waited when its set object was closed. */
export function closed(set: number): SemaphoreError {
  return new SemaphoreError("semop", ECANCELED, { set, hint: "the set object was closed" });
}

function enqueue(queue: WaitQueue, owner: WaitOwner, operation: CheckedOperation): Promise<void> {
  const { steps, signal, timeoutMs, undo, ref = true } = operation;
  return new Promise<void>((resolve, reject) => {
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    let forget: (() => void) | undefined;
    const settle = (): void => {
      isOver = true;
      clearTimeout(timer);
      forget?.();
    };
    const giveUp = queue.add({
      owner,
      steps,
      undo,
      ref,
      made: () => {
        settle();
        resolve();
      },
      failed: (error) => {
        settle();
        reject(error);
      },
    });
    // The value may have come between.
    if (isOver) return;
    if (signal !== undefined) {
      forget = onAbort(signal, () => giveUp(new AbortError(signal.reason), false));
    }
    if (timeoutMs !== undefined) {
      timer = setTimeout(() => giveUp(timedOut(owner.id, steps, timeoutMs), true), timeoutMs);
      if (!ref) timer.unref();
    }
  });
}

function timedOut(
  set: number,
  steps: readonly SemaphoreStep[],
  milliseconds: number,
): SemaphoreError {
  const [first] = steps;
  const semaphore = steps.length === 1 && first !== undefined ? { semaphore: first.semaphore } : {};
  const hint = `it could not be made within ${milliseconds} ms`;
  return new SemaphoreError("semtimedop", ETIMEDOUT, { set, hint, ...semaphore });
}
