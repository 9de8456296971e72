import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";

// include/uapi/asm-generic/fcntl.h
/** Nobody else may hold it. */
const LOCK_EX = 2;
/** Return at once when somebody else does. */
const LOCK_NB = 4;
// include/uapi/asm-generic/errno-base.h: equal to EWOULDBLOCK on Linux
const EAGAIN = 11;
const EINTR = 4;

/**
 * flock(2), exclusive and without waiting. The kernel gives the lock up when the last copy of the descriptor is closed, and so
 * at the death of its holder, in whatever way.
 *
 * @returns false when another open file holds it
 * @throws SyscallError `ENOLCK`, or `EBADF` for what is no descriptor
 */
export function tryLockFile(fd: number): boolean {
  while (libc().flock(fd, LOCK_EX | LOCK_NB) !== 0) {
    const errno = libc().errno();
    if (errno === EAGAIN) return false;
    if (errno !== EINTR) throw new SyscallError("flock", errno);
  }
  return true;
}
