import { libc } from "./libc.ts";
import { semaphoreFailure } from "./semaphore-failure.ts";

// include/uapi/linux/ipc.h, include/uapi/linux/sem.h
export const IPC_CREAT = 0o1000;
export const IPC_EXCL = 0o2000;
export const GETPID = 11;
export const GETALL = 13;
export const GETNCNT = 14;
export const GETZCNT = 15;
export const SETVAL = 16;
export const SETALL = 17;

/**
 * The id of the set that a key names.
 *
 * @param key any 32-bit number but 0, which always makes a new set
 * @param count semaphores it must have at least; 0 when any number will do
 * @param make the permission bits to make it with if there is none, and whether there must be none
 * @throws SyscallError `ENOENT`, `EEXIST`, `EACCES`, `EINVAL` when the set has fewer semaphores, `ENOSPC`, `ENOMEM`, `ENOSYS`
 */
export function findSemaphores(
  key: number,
  count: number,
  make?: { readonly mode: number; readonly exclusive: boolean },
): number {
  const flags = make === undefined ? 0 : IPC_CREAT | (make.exclusive ? IPC_EXCL : 0) | make.mode;
  const id = libc().semget(key | 0, count, flags);
  if (id < 0) throw semaphoreFailure("semget", libc().errno());
  return id;
}

/** Process of the last operation on a semaphore, in our pid namespace; 0 when there was none or it is out of sight. */
export function semaphoreLastPid(id: number, semaphore: number): number {
  return ask(id, semaphore, GETPID);
}

/** Threads of the host that wait for the value to rise. */
export function semaphoreWaiters(id: number, semaphore: number): number {
  return ask(id, semaphore, GETNCNT);
}

/** Threads of the host that wait for the value to be 0. */
export function semaphoreZeroWaiters(id: number, semaphore: number): number {
  return ask(id, semaphore, GETZCNT);
}

/**
 * All values of a set, read at one instant.
 *
 * @param count as many as the set has: the kernel writes them all
 */
export function semaphoreValues(id: number, count: number): Uint16Array {
  const values = new Uint16Array(count);
  if (libc().semctl_pointer(id, 0, GETALL, values) < 0) throw failure();
  return values;
}

/**
 * Sets one value. The kernel forgets what any process would have given back on that semaphore.
 *
 * @throws SyscallError `ERANGE` above 32767, `EACCES`, `EINVAL`, `EIDRM`
 */
export function setSemaphoreValue(id: number, semaphore: number, value: number): void {
  if (libc().semctl_value(id, semaphore, SETVAL, value) < 0) throw failure();
}

/** Sets all values of a set, one each; otherwise as `setSemaphoreValue`. */
export function setSemaphoreValues(id: number, values: Uint16Array): void {
  if (libc().semctl_pointer(id, 0, SETALL, values) < 0) throw failure();
}

function ask(id: number, semaphore: number, command: number): number {
  const answer = libc().semctl(id, semaphore, command);
  if (answer < 0) throw failure();
  return answer;
}

function failure(): Error {
  return semaphoreFailure("semctl", libc().errno());
}
