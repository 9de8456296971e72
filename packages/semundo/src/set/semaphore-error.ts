import { errnoName } from "@task-watchers/linux";

/** What is known besides the call and the error number. */
export interface SemaphoreErrorFacts {
  /** Index in the set. */
  readonly semaphore?: number;
  /** Id of the set. */
  readonly set?: number;
  /** What would help. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * An operation on semaphores that failed. `code` is one of:
 *
 * - `EACCES`: the set's mode does not let us. `EPERM`: neither owner nor maker.
 * - `EIDRM`, `EINVAL`: the set was removed, or never was. `ENOENT`: no set has that key. `EEXIST`: one has.
 * - `ERANGE`: a value would pass 32767, or what we would give back would.
 * - `EFBIG`: no such semaphore in the set. `E2BIG`: more steps than the kernel takes at once.
 * - `ETIMEDOUT`: the time given was over. `ECANCELED`: the set object was closed.
 * - `EALREADY`: what was to be given back was given back before.
 * - `ENOSPC`, `ENOMEM`: a limit of the host, see /proc/sys/kernel/sem.
 */
export class SemaphoreError extends Error {
  override readonly name = "SemaphoreError";
  /** Symbolic error: `"EIDRM"`. Branch on this, never on the message. */
  readonly code: string;
  /** Negative error number, with Node's sign: `-43` for EIDRM. */
  readonly errno: number;
  /** The call, as its man page names it: `"semop"`. */
  readonly syscall: string;
  /** Index in the set, where one semaphore is to blame. */
  declare readonly semaphore?: number;
  /** Id of the set. */
  declare readonly set?: number;
  /** What would help; absent when nothing is known. */
  declare readonly hint?: string;

  /** @param errno positive, as the C library reports it */
  constructor(syscall: string, errno: number, facts: SemaphoreErrorFacts = {}) {
    const code = errnoName(errno);
    const { semaphore, set, hint, cause } = facts;
    const place = [
      ...(set === undefined ? [] : [`set ${set}`]),
      ...(semaphore === undefined ? [] : [`semaphore ${semaphore}`]),
    ].join(", ");
    const parts = [`${syscall}: ${code}`, place, hint ?? ""].filter((part) => part !== "");
    super(parts.join(": "), cause === undefined ? undefined : { cause });
    this.code = code;
    this.errno = -errno;
    this.syscall = syscall;
    if (semaphore !== undefined) this.semaphore = semaphore;
    if (set !== undefined) this.set = set;
    if (hint !== undefined) this.hint = hint;
  }
}
