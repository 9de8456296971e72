/** Which calls of a tree are stopped besides its execs. @module */
import type { ExecAbi } from "@task-watchers/exec-stop";

/** Why a call is stopped: it ends a process, or has one end as its parent waits for it, or changes ids. */
export type CallKind = "exit" | "wait" | "ids";

/** __X32_SYSCALL_BIT, arch/x86/include/uapi/asm/unistd.h. */
const X32_BIT = 0x4000_0000;
/** setuid, setgid, setreuid, setregid, setresuid, setresgid, setfsuid, setfsgid. */
const X86_64_IDS = [105, 106, 113, 114, 117, 119, 122, 123];
/** The same, 16 bits and 32 bits wide. */
const I386_IDS = [23, 46, 70, 71, 138, 139, 164, 170, 203, 204, 208, 210, 213, 214, 215, 216];

/** Numbers of exit_group; wait4, waitid, waitpid; set*id: arch/x86/entry/syscalls, scripts/syscall.tbl, arch/arm/tools/syscall.tbl. */
const NUMBERS: Readonly<Record<ExecAbi, Readonly<Record<CallKind, readonly number[]>>>> = {
  "x86-64": { exit: [231], wait: [61, 247], ids: X86_64_IDS },
  // waitid is one of the few with a number of its own.
  x32: {
    exit: [X32_BIT | 231],
    wait: [X32_BIT | 61, X32_BIT | 529],
    ids: X86_64_IDS.map((number) => X32_BIT | number),
  },
  i386: { exit: [252], wait: [7, 114, 284], ids: I386_IDS },
  aarch64: { exit: [94], wait: [260, 95], ids: [143, 144, 145, 146, 147, 149, 151, 152] },
  arm: { exit: [248], wait: [114, 280], ids: I386_IDS },
};

/** Numbers of the calls to stop, in one ABI. */
export function stoppedCalls(abi: ExecAbi, kinds: readonly CallKind[]): readonly number[] {
  return kinds.flatMap((kind) => NUMBERS[abi][kind]);
}

/** What a stopped call is. */
export function kindOf(abi: ExecAbi, number: number): CallKind {
  const { exit, wait } = NUMBERS[abi];
  if (exit.includes(number)) return "exit";
  return wait.includes(number) ? "wait" : "ids";
}
