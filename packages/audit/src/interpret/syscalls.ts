import { parseNumberTable } from "../record/number-table.ts";
import { AARCH64_SYSCALLS } from "./syscalls-aarch64.ts";
import { ARM_SYSCALLS } from "./syscalls-arm.ts";
import { I386_SYSCALLS } from "./syscalls-i386.ts";
import { X86_64_SYSCALLS } from "./syscalls-x86-64.ts";

/** By AUDIT_ARCH_… of include/uapi/linux/audit.h. */
const TABLES: ReadonlyMap<number, string> = new Map([
  [0xc000003e, X86_64_SYSCALLS],
  [0x40000003, I386_SYSCALLS],
  [0xc00000b7, AARCH64_SYSCALLS],
  [0x40000028, ARM_SYSCALLS],
]);

/** Set in the number of an x32 call, which has the architecture of x86-64. arch/x86/include/uapi/asm/unistd.h */
const X32_SYSCALL_BIT = 0x4000_0000;

/** Calls that x32 numbers in its own way. arch/x86/entry/syscalls/syscall_64.tbl */
const X32_SYSCALLS =
  "512 rt_sigaction rt_sigreturn ioctl readv writev recvfrom sendmsg recvmsg execve ptrace rt_sigpending " +
  "rt_sigtimedwait rt_sigqueueinfo sigaltstack timer_create mq_notify kexec_load waitid set_robust_list get_robust_list " +
  "vmsplice move_pages preadv pwritev rt_tgsigqueueinfo recvmmsg sendmmsg process_vm_readv process_vm_writev setsockopt " +
  "getsockopt io_setup io_submit execveat preadv2 pwritev2";

const parsed = new Map<string, Map<number, string>>();

function tableOf(text: string): ReadonlyMap<number, string> {
  let table = parsed.get(text);
  if (table === undefined) parsed.set(text, (table = parseNumberTable(text)));
  return table;
}

/** Name of a system call, as auditctl and ausearch have it; undefined for one that is not known. @param arch AUDIT_ARCH_… */
export function syscallName(arch: number, number: number): string | undefined {
  const text = TABLES.get(arch);
  if (text === undefined) return undefined;
  if (text !== X86_64_SYSCALLS || number < X32_SYSCALL_BIT) return tableOf(text).get(number);
  const x32 = number - X32_SYSCALL_BIT;
  return tableOf(X32_SYSCALLS).get(x32) ?? tableOf(text).get(x32);
}

/** Number of a system call by that name; undefined for one that the architecture has not. @param arch AUDIT_ARCH_… */
export function syscallNumber(arch: number, name: string): number | undefined {
  const text = TABLES.get(arch);
  if (text === undefined) return undefined;
  for (const [number, known] of tableOf(text)) if (known === name) return number;
  return undefined;
}

/** Whether any of the architectures has a system call of that name. */
export function isSyscallName(name: string): boolean {
  for (const arch of TABLES.keys()) if (syscallNumber(arch, name) !== undefined) return true;
  return false;
}
