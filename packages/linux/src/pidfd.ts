import { FileDescriptor } from "./file-descriptor.ts";
import { decodeStruct, i32, u32, u64, type Layout } from "./layout.ts";
import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";

/** System call numbers, the same on every architecture (since Linux 5.1 and 5.3). */
const SYS_PIDFD_SEND_SIGNAL = 424;
const SYS_PIDFD_OPEN = 434;
// include/uapi/linux/pidfd.h
/** _IOWR(0xFF, 11, 64 bytes): the first published size of struct pidfd_info. */
const PIDFD_GET_INFO = 0xc040ff0b;
const PIDFD_INFO_SIZE = 64;
/** Exit information wanted, and given once the process has been reaped (since Linux 6.15). */
const PIDFD_INFO_EXIT = 0x8n;
/** Largest pid_t. */
const PID_MAX = 0x7fff_ffff;
const ESRCH = 3;
const ENOTTY = 25;
const EINVAL = 22;

interface PidfdInfo {
  readonly mask: bigint;
  readonly pid: number;
  readonly exitCode: number;
}

/** @internal struct pidfd_info, include/uapi/linux/pidfd.h. */
export const pidfdInfoLayout: Layout<PidfdInfo> = {
  mask: u64(0),
  pid: u32(16),
  exitCode: i32(60),
};

/**
 * Opens a descriptor that names one process for ever, whatever becomes of its pid. Any process of the host, no privilege
 * needed. It is readable once the whole thread group is dead. Since Linux 5.3.
 *
 * @throws RangeError when `pid` cannot be one; SyscallError `ESRCH` when there is no such process, `ENOENT` or `EINVAL`
 *   when it is a thread that is not its process's first, `EMFILE` at the descriptor limit, `ENOSYS` on an older kernel
 */
export function pidfdOpen(pid: number): FileDescriptor {
  // The kernel would look at the low 32 bits alone.
  if (!Number.isInteger(pid) || pid < 1 || pid > PID_MAX) {
    throw new RangeError(`pid must be a whole number from 1 to ${PID_MAX}, got ${pid}`);
  }
  const fd = libc().syscall2(SYS_PIDFD_OPEN, pid, 0);
  if (fd < 0) throw new SyscallError("pidfd_open", libc().errno(), `pid ${pid}`);
  return new FileDescriptor(fd);
}

/** Wait status of a process by its pidfd: the number, or why there is none (yet). */
export type PidfdExit =
  | { readonly status: number }
  /** `not-reaped`: ask again after the parent has waited for it. `unsupported`: before Linux 6.15. */
  | { readonly missing: "not-reaped" | "unsupported" };

/**
 * How the process ended, for any process and without privilege, if the pidfd was opened before it was reaped.
 *
 * @returns the wait status (`code << 8 | signal | 0x80` if core was dumped) since Linux 6.15
 */
export function pidfdExit(fd: FileDescriptor): PidfdExit {
  const info = new Uint8Array(PIDFD_INFO_SIZE);
  new BigUint64Array(info.buffer)[0] = PIDFD_INFO_EXIT;
  if (libc().ioctl(fd.number, PIDFD_GET_INFO, info) < 0) {
    const errno = libc().errno();
    if (errno === ENOTTY || errno === EINVAL || errno === ESRCH) return { missing: "unsupported" };
    throw new SyscallError("ioctl(PIDFD_GET_INFO)", errno);
  }
  const { mask, exitCode } = decodeStruct(
    "struct pidfd_info",
    pidfdInfoLayout,
    info,
    PIDFD_INFO_SIZE,
  );
  return (mask & PIDFD_INFO_EXIT) === 0n ? { missing: "not-reaped" } : { status: exitCode };
}

/**
 * Sends a signal to the process that the pidfd names, and never to another that got its pid. Since Linux 5.1.
 *
 * @param signal its number; 0 only asks whether it could be sent
 * @throws SyscallError `ESRCH` when the process has ended and been reaped, `EPERM` when it is not ours to signal, `EINVAL` when
 *   there is no such signal
 */
export function pidfdSendSignal(fd: FileDescriptor, signal: number): void {
  if (libc().syscall4(SYS_PIDFD_SEND_SIGNAL, fd.number, signal, 0, 0) === 0) return;
  throw new SyscallError("pidfd_send_signal", libc().errno(), `signal ${signal}`);
}
