import { SyscallError } from "./syscall-error.ts";

// include/uapi/asm-generic/errno.h
const ENOSYS = 38;

/** Calls without a wrapper in the C library whose numbers differ: arch/x86/entry/syscalls, scripts/syscall.tbl. */
const NUMBERS = {
  x64: { perf_event_open: 298, seccomp: 317, memfd_create: 319, bpf: 321, statx: 332 },
  arm64: { perf_event_open: 241, seccomp: 277, memfd_create: 279, bpf: 280, statx: 291 },
} as const;

/** A system call that is called by its number. */
export type NumberedCall = keyof (typeof NUMBERS)["x64"];

/** The call's number on this architecture. @throws SyscallError `ENOSYS` on one that is neither x64 nor arm64 */
export function syscallNumber(call: NumberedCall, arch: string = process.arch): number {
  if (arch === "x64" || arch === "arm64") return NUMBERS[arch][call];
  throw new SyscallError(call, ENOSYS, `its number is known for x64 and arm64, not for ${arch}`);
}
