import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";

const ENOSYS = 38;

/** arch/x86/entry/syscalls/syscall_64.tbl, scripts/syscall.tbl: libraries before glibc 2.30 have no wrappers. */
const NUMBERS = {
  x64: { gettid: 186, tgkill: 234 },
  arm64: { gettid: 178, tgkill: 131 },
} as const;

/** A thread of this process, as gettid(2) numbers it. */
export type ThreadId = number;

/** @internal Numbers of calls on threads. @throws SyscallError `ENOSYS` on a machine that is neither x64 nor arm64 */
export function threadCallNumber(call: "gettid" | "tgkill", arch: string = process.arch): number {
  if (arch === "x64" || arch === "arm64") return NUMBERS[arch][call];
  throw new SyscallError(call, ENOSYS, `its number is known for x64 and arm64, not for ${arch}`);
}

/** The calling thread. */
export function threadId(): ThreadId {
  return libc().syscall0(threadCallNumber("gettid"));
}
