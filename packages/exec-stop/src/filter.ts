/** The filter: both exec calls of every ABI of the machine are told, and what else was asked for; the rest runs untouched. @module */

/** The ways a program may call the kernel. `x32` is x86-64 with 32-bit pointers. */
export type ExecAbi = "x86-64" | "x32" | "i386" | "aarch64" | "arm";

/** The exec calls of one ABI. */
export interface ExecCalls {
  readonly abi: ExecAbi;
  /** AUDIT_ARCH_*, include/uapi/linux/audit.h. */
  readonly arch: number;
  /** Numbers of execve(2) and execveat(2): arch/x86/entry/syscalls, scripts/syscall.tbl, arch/arm/tools/syscall.tbl. */
  readonly execve: number;
  readonly execveat: number;
  /** Bytes of a pointer in argv and envp. */
  readonly pointerSize: 4 | 8;
}

const ABIS: Readonly<Record<string, readonly ExecCalls[]>> = {
  x64: [
    { abi: "x86-64", arch: 0xc000003e, execve: 59, execveat: 322, pointerSize: 8 },
    // The same arch word; __X32_SYSCALL_BIT 0x40000000 and 520, 545.
    { abi: "x32", arch: 0xc000003e, execve: 0x40000208, execveat: 0x40000221, pointerSize: 4 },
    { abi: "i386", arch: 0x40000003, execve: 11, execveat: 358, pointerSize: 4 },
  ],
  arm64: [
    { abi: "aarch64", arch: 0xc00000b7, execve: 221, execveat: 281, pointerSize: 8 },
    { abi: "arm", arch: 0x40000028, execve: 11, execveat: 387, pointerSize: 4 },
  ],
};

/** The ABIs whose execs are stopped on a machine; none where it is not known how. @param arch as in `process.arch` */
export function execAbis(arch: string): readonly ExecCalls[] {
  return ABIS[arch] ?? [];
}

// include/uapi/linux/bpf_common.h, include/uapi/linux/filter.h
/** BPF_LD | BPF_W | BPF_ABS: loads a word of struct seccomp_data. */
const LOAD = 0x20;
/** BPF_JMP | BPF_JEQ | BPF_K */
const JUMP_IF_EQUAL = 0x15;
/** BPF_RET | BPF_K */
const RETURN = 0x06;
// include/uapi/linux/seccomp.h
const SECCOMP_RET_USER_NOTIF = 0x7fc00000;
const SECCOMP_RET_ALLOW = 0x7fff0000;
/** Offsets in struct seccomp_data. */
const NR = 0;
const ARCH = 4;
const INSTRUCTION_SIZE = 8;

type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, k: number];

/**
 * The filter as an array of struct sock_filter.
 *
 * @param abis at least one
 * @param others numbers of further calls to be told of, for each ABI
 */
export function execFilter(
  abis: readonly ExecCalls[],
  others: (abi: ExecAbi) => readonly number[] = () => [],
): Uint8Array {
  const archs = [...new Set(abis.map(({ arch }) => arch))];
  const blocks = archs.map((arch) =>
    archBlock(
      arch,
      abis
        .filter((calls) => calls.arch === arch)
        .flatMap(({ abi, execve, execveat }) => [execve, execveat, ...others(abi)]),
    ),
  );
  const program: Instruction[] = [
    [LOAD, 0, 0, ARCH],
    ...blocks.flat(),
    [RETURN, 0, 0, SECCOMP_RET_ALLOW],
  ];
  return encode(program);
}

/** Does nothing for another arch; else ends the filter. */
function archBlock(arch: number, numbers: readonly number[]): Instruction[] {
  const compare = numbers.map((number, i): Instruction => {
    // Over the comparisons left and the ALLOW behind them.
    const toNotify = numbers.length - i;
    return [JUMP_IF_EQUAL, toNotify, 0, number];
  });
  const body: Instruction[] = [
    [LOAD, 0, 0, NR],
    ...compare,
    [RETURN, 0, 0, SECCOMP_RET_ALLOW],
    [RETURN, 0, 0, SECCOMP_RET_USER_NOTIF],
  ];
  return [[JUMP_IF_EQUAL, 0, body.length, arch], ...body];
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(program.length * INSTRUCTION_SIZE));
  const view = new DataView(bytes.buffer);
  program.forEach(([code, jumpTrue, jumpFalse, k], i) => {
    const at = i * INSTRUCTION_SIZE;
    view.setUint16(at, code, true);
    view.setUint8(at + 2, jumpTrue);
    view.setUint8(at + 3, jumpFalse);
    view.setUint32(at + 4, k, true);
  });
  return bytes;
}
