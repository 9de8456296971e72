import { SyscallError } from "./syscall-error.ts";

/** What helps, by error number: include/uapi/asm-generic/errno-base.h and errno.h. */
const HINTS: Readonly<Record<number, string>> = {
  1: "only the set's owner, its maker or CAP_SYS_ADMIN may do that",
  2: "no set has that key; it can be made",
  7: "more steps at once than the third number of /proc/sys/kernel/sem",
  12: "no memory for it; the memory cgroup may be at its limit",
  13: "the set's mode does not let us; its owner can change it, CAP_IPC_OWNER gets round it",
  17: "a set has that key already; open it instead, or remove it with ipcrm -S KEY",
  22: "no such set, or it was removed, or a number out of range",
  27: "no such semaphore in the set",
  28: "the host has as many semaphores or sets as /proc/sys/kernel/sem allows; ipcs -s lists them",
  34: "a value would pass 32767, or what is to be given back would",
  38: "a kernel without CONFIG_SYSVIPC",
  43: "the set was removed",
};

/** A refused call on semaphores. @param errno positive */
export function semaphoreFailure(syscall: string, errno: number): SyscallError {
  return new SyscallError(syscall, errno, HINTS[errno]);
}
