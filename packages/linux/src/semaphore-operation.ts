import { libc } from "./libc.ts";
import { semaphoreFailure } from "./semaphore-failure.ts";

// include/uapi/linux/sem.h, include/uapi/linux/ipc.h
/** struct sembuf: unsigned short sem_num, short sem_op, short sem_flg. */
export const SEMBUF_SIZE = 6;
export const SEM_UNDO = 0x1000;
export const IPC_NOWAIT = 0o4000;

const EINTR = 4;
const EAGAIN = 11;

/** One step of semop(2). */
export interface SemaphoreOperation {
  /** Index in the set, 0 to 65535. */
  readonly semaphore: number;
  /** What to add, -32768 to 32767; 0 waits for zero. */
  readonly change: number;
}

/** How a wait ended. */
export type SemaphoreWait = "done" | "timeout" | "interrupted";

/** Lays steps out as an array of struct sembuf, all with the same flags. */
export function packSemaphoreSteps(
  steps: readonly SemaphoreOperation[],
  flags: { readonly undo: boolean; readonly wait: boolean },
): Uint8Array<ArrayBuffer> {
  const words = new Int16Array(steps.length * 3);
  const flag = (flags.undo ? SEM_UNDO : 0) | (flags.wait ? 0 : IPC_NOWAIT);
  steps.forEach(({ semaphore, change }, i) => {
    words[i * 3] = semaphore;
    words[i * 3 + 1] = change;
    words[i * 3 + 2] = flag;
  });
  return new Uint8Array(words.buffer);
}

/**
 * Makes all steps at once or none. Steps packed with `wait` may block the thread, for ever.
 *
 * @param steps as `packSemaphoreSteps` lays them out
 * @returns whether they were made; false when they would have had to wait
 * @throws SyscallError `EACCES`, `EFBIG`, `E2BIG`, `ERANGE`, `EINVAL`, `EIDRM`, `EINTR`, `ENOMEM`
 */
export function operateSemaphores(id: number, steps: Uint8Array): boolean {
  if (libc().semop(id, steps, steps.byteLength / SEMBUF_SIZE) === 0) return true;
  const errno = libc().errno();
  if (errno === EAGAIN) return false;
  throw semaphoreFailure("semop", errno);
}

/**
 * Blocks the calling thread until the steps are made, the time is over or a signal handler ran in it.
 *
 * @param steps packed with `wait`
 * @param milliseconds at most; the kernel's clock is CLOCK_MONOTONIC
 * @throws SyscallError as `operateSemaphores`, but `EINTR`
 */
export function waitForSemaphores(
  id: number,
  steps: Uint8Array,
  milliseconds: number,
): SemaphoreWait {
  // struct timespec: seconds and nanoseconds, both 64 bits wide on 64-bit Linux.
  const timeout = BigInt64Array.of(
    BigInt(Math.trunc(milliseconds / 1000)),
    BigInt(Math.trunc((milliseconds % 1000) * 1e6)),
  );
  const count = steps.byteLength / SEMBUF_SIZE;
  if (libc().semtimedop(id, steps, count, timeout) === 0) return "done";
  const errno = libc().errno();
  if (errno === EAGAIN) return "timeout";
  if (errno === EINTR) return "interrupted";
  throw semaphoreFailure("semtimedop", errno);
}
