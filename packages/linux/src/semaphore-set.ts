import { libc } from "./libc.ts";
import { semaphoreFailure } from "./semaphore-failure.ts";

// include/uapi/linux/ipc.h, include/uapi/linux/sem.h
const IPC_PRIVATE = 0;
const IPC_CREAT = 0o1000;
const IPC_RMID = 0;
const GETVAL = 12;

/**
 * Makes a set of System V semaphores that no key names. It outlives this process: remove it.
 *
 * @param mode permission bits, such as 0o600
 * @returns its id
 * @throws SyscallError `ENOSPC` at the limit of sets or semaphores, `EINVAL`, `ENOSYS` on a kernel without them
 */
export function createSemaphores(count: number, mode: number): number {
  const id = libc().semget(IPC_PRIVATE, count, IPC_CREAT | mode);
  if (id < 0) throw semaphoreFailure("semget", libc().errno());
  return id;
}

/**
 * The value of one semaphore of a set.
 *
 * @throws SyscallError `EACCES` when the mode does not let us read and CAP_IPC_OWNER is not held; `EINVAL`, `EIDRM`
 */
export function semaphoreValue(id: number, semaphore: number): number {
  const value = libc().semctl(id, semaphore, GETVAL);
  if (value < 0) throw semaphoreFailure("semctl", libc().errno());
  return value;
}

/** Removes a set; whoever waits on it gets `EIDRM`. @throws SyscallError `EPERM` unless it is ours, `EINVAL`, `EIDRM` */
export function removeSemaphores(id: number): void {
  if (libc().semctl(id, 0, IPC_RMID) < 0) throw semaphoreFailure("semctl", libc().errno());
}
