import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";
import { syscallNumber } from "./syscall-number.ts";

// include/uapi/linux/seccomp.h
const SECCOMP_GET_ACTION_AVAIL = 2;
const SECCOMP_GET_NOTIF_SIZES = 3;
const EOPNOTSUPP = 95;

/**
 * Whether a filter may return an action (since Linux 4.14). Needs no privilege and changes nothing.
 *
 * @param action `SECCOMP_RET_…`, such as 0x7fc00000 for a notification to user space
 * @throws SyscallError `ENOSYS`, or `EINVAL` on an older kernel
 */
export function seccompActionAvailable(action: number): boolean {
  const wanted = Uint32Array.of(action);
  if (libc().seccomp(syscallNumber("seccomp"), SECCOMP_GET_ACTION_AVAIL, 0, wanted) === 0) {
    return true;
  }
  const errno = libc().errno();
  if (errno === EOPNOTSUPP) return false;
  throw new SyscallError("seccomp", errno);
}

/** Bytes of one struct seccomp_notif of this kernel (since Linux 5.0). @throws SyscallError `EINVAL` before */
export function seccompNotificationSize(): number {
  // struct seccomp_notif_sizes: notification, response, seccomp_data.
  const sizes = new Uint16Array(3);
  if (libc().seccomp(syscallNumber("seccomp"), SECCOMP_GET_NOTIF_SIZES, 0, sizes) < 0) {
    throw new SyscallError("seccomp", libc().errno());
  }
  return sizes[0] ?? 0;
}
