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
/** BPF_JMP | BPF_JA: by the whole of k, where a condition can jump 255 at most. */
const JUMP = 0x05;
/** BPF_RET | BPF_K */
const RETURN = 0x06;
// include/uapi/linux/seccomp.h
const SECCOMP_RET_USER_NOTIF = 0x7fc00000;
const SECCOMP_RET_ALLOW = 0x7fff0000;
/** Offsets in struct seccomp_data. */
const NR = 0;
const ARCH = 4;
const INSTRUCTION_SIZE = 8;
/** BPF_MAXINSNS, include/uapi/linux/bpf_common.h. */
const INSTRUCTIONS_MAX = 4096;
/** __X32_SYSCALL_BIT, arch/x86/include/uapi/asm/unistd.h */
const X32_BIT = 0x4000_0000;

type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, k: number];

/**
 * The filter as an array of struct sock_filter.
 *
 * @param abis at least one
 * @param others numbers of further calls to be told of, for each ABI
 * @throws RangeError for a number that is none of the ABI's, or is exec's, or when they are too many
 */
export function execFilter(
  abis: readonly ExecCalls[],
  others: (abi: ExecAbi) => readonly number[] = () => [],
): Uint8Array {
  const archs = [...new Set(abis.map(({ arch }) => arch))];
  const numbersOf = (calls: ExecCalls): number[] => [
    calls.execve,
    calls.execveat,
    ...otherNumbers(calls, others),
  ];
  const blocks = archs.map((arch) =>
    archBlock(
      arch,
      abis.flatMap((calls) => (calls.arch === arch ? numbersOf(calls) : [])),
    ),
  );
  const program: Instruction[] = [
    [LOAD, 0, 0, ARCH],
    ...blocks.flat(),
    [RETURN, 0, 0, SECCOMP_RET_ALLOW],
  ];
  if (program.length > INSTRUCTIONS_MAX) {
    const most = Math.floor((INSTRUCTIONS_MAX - execFilter(abis).length / INSTRUCTION_SIZE) / 2);
    throw new RangeError(`others.numbers may give ${most} numbers in all ABIs together, gave more`);
  }
  return encode(program);
}

function otherNumbers(
  { abi, execve, execveat }: ExecCalls,
  others: (abi: ExecAbi) => readonly number[],
): Set<number> {
  const numbers = new Set(others(abi));
  for (const number of numbers) {
    // One of x32 without its bit is a call of x86-64, and told as such.
    const end = abi === "x32" ? 2 * X32_BIT : X32_BIT;
    const isOfAbi = Number.isInteger(number) && number >= 0 && number < end;
    if (isOfAbi && number !== execve && number !== execveat) continue;
    throw new RangeError(
      `others.numbers("${abi}") must be numbers of calls of that ABI other than exec's, got ${String(number)}`,
    );
  }
  return numbers;
}

/** Does nothing for another arch; else ends the filter. */
function archBlock(arch: number, numbers: readonly number[]): Instruction[] {
  const body: Instruction[] = [
    [LOAD, 0, 0, NR],
    ...numbers.flatMap((number): Instruction[] => [
      [JUMP_IF_EQUAL, 0, 1, number],
      [RETURN, 0, 0, SECCOMP_RET_USER_NOTIF],
    ]),
    [RETURN, 0, 0, SECCOMP_RET_ALLOW],
  ];
  return [[JUMP_IF_EQUAL, 1, 0, arch], [JUMP, 0, 0, body.length], ...body];
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
