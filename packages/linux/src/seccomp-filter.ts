import { FileDescriptor } from "./file-descriptor.ts";
import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";
import { syscallNumber } from "./syscall-number.ts";

// include/uapi/linux/seccomp.h
const SECCOMP_SET_MODE_FILTER = 1;
/** Do not slow the program down against speculative store bypass, as filters did by default before Linux 5.16. */
const SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4;
const SECCOMP_FILTER_FLAG_NEW_LISTENER = 8;
/** Since Linux 5.19. */
const SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 0x20;
// include/uapi/linux/prctl.h
const PR_SET_NO_NEW_PRIVS = 38;
const PR_GET_NO_NEW_PRIVS = 39;
const EINVAL = 22;
/** struct sock_filter, include/uapi/linux/filter.h: u16 code, u8 jt, u8 jf, u32 k. */
const INSTRUCTION_SIZE = 8;
/** BPF_MAXINSNS, include/uapi/linux/bpf_common.h. */
const INSTRUCTIONS_MAX = 4096;

/** A filter in force, and the descriptor that hears of what it stops. */
export interface NotifyFilter {
  readonly listener: FileDescriptor;
  /** Whether a signal cannot take a task out of a call that has been received, except a deadly one (since Linux 5.19). */
  readonly waitsKillable: boolean;
}

/**
 * Puts a filter on the *calling thread* and on all that it will start, for ever (seccomp(2), since Linux 5.0; CONTINUE since
 * 5.5). Needs CAP_SYS_ADMIN in the user namespace or `setNoNewPrivs()` before.
 *
 * @param program struct sock_filter after struct sock_filter
 * @throws SyscallError `EACCES` without either; `EBUSY` when a filter with a listener is there already; `EINVAL` on an
 *   older kernel or for a bad program; `ENOSYS`; whatever an outer filter answers
 */
export function installNotifyFilter(program: Uint8Array): NotifyFilter {
  const count = program.byteLength / INSTRUCTION_SIZE;
  if (!Number.isInteger(count) || count < 1 || count > INSTRUCTIONS_MAX) {
    throw new RangeError(`a filter is 1 to ${INSTRUCTIONS_MAX} instructions of 8 bytes`);
  }
  // In memory of its own, which stays where it is; V8 moves small arrays.
  const copy = new Uint8Array(new ArrayBuffer(INSTRUCTIONS_MAX * INSTRUCTION_SIZE));
  copy.set(program);
  // struct sock_fprog: u16 count, then the address at 8.
  const header = new BigUint64Array([BigInt(count), libc().address(copy)]);
  const flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  const install = (flags: number): number =>
    libc().seccomp(syscallNumber("seccomp"), SECCOMP_SET_MODE_FILTER, flags, header);
  let waitsKillable = true;
  let fd = install(flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
  if (fd < 0 && libc().errno() === EINVAL) {
    waitsKillable = false;
    fd = install(flags);
  }
  if (fd < 0) throw new SyscallError("seccomp", libc().errno());
  return { listener: new FileDescriptor(fd), waitsKillable };
}

/**
 * From now on no program that the calling thread or its descent runs gets rights that it has not already: set-user-ID and file
 * capabilities count for nothing (prctl(2), PR_SET_NO_NEW_PRIVS). There is no way back.
 *
 * @returns whether it was not so before
 */
export function setNoNewPrivs(): boolean {
  if (libc().prctl_numbers(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) === 1) return false;
  if (libc().prctl_numbers(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
    throw new SyscallError("prctl", libc().errno());
  }
  return true;
}
