import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";

const EFAULT = 14;
/** Bytes of one struct iovec: address and length, 64 bits each. */
const IOVEC_WORDS = 2;
/** UIO_MAXIOV, include/uapi/linux/uio.h: pieces a call may have. */
const PIECES_MAX = 1024;

const local = new BigUint64Array(IOVEC_WORDS);

/**
 * Reads memory of another process, several pieces one after another (process_vm_readv(2), since Linux 3.2). Another user's, or
 * that of one which is not our descendant where kernel.yama.ptrace_scope is 1, needs CAP_SYS_PTRACE. Memory of a file
 * on a file system in user space is waited for as long as that takes.
 *
 * @param pid thread or process id
 * @param pieces address and length of each piece, at most 1024 pieces
 * @param count how many of them
 * @param into at least as long as all of them together
 * @returns bytes read; short when a piece cannot be read: none after it is
 * @throws SyscallError `ESRCH` when the task is gone, `EPERM`, `ENOSYS`
 */
export function readProcessMemory(
  pid: number,
  pieces: BigUint64Array,
  count: number,
  into: Uint8Array,
): number {
  if (count > PIECES_MAX || count * IOVEC_WORDS > pieces.length) {
    throw new RangeError(`count must be at most ${PIECES_MAX} and fit the pieces, got ${count}`);
  }
  local[0] = libc().address(into);
  local[1] = BigInt(into.byteLength);
  const read = libc().process_vm_readv(pid, local, 1, pieces, count, 0);
  if (read >= 0) return read;
  const errno = libc().errno();
  if (errno === EFAULT) return 0;
  throw new SyscallError("process_vm_readv", errno);
}
