/**
 * Instructions of eBPF and their encoding: Documentation/bpf/standardization/instruction-set.rst, include/uapi/linux/bpf.h.
 */

/** A register: r0 results, r1–r5 arguments, lost in a call; r6–r9 kept; r10 the frame's end, not to be written. */
export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/** Bytes of an instruction. */
export const INSTRUCTION_BYTES = 8;

// Classes, the lower 3 bits of an opcode.
export const BPF_LD = 0x00;
export const BPF_LDX = 0x01;
export const BPF_ST = 0x02;
export const BPF_STX = 0x03;
export const BPF_JMP = 0x05;
export const BPF_ALU64 = 0x07;

// Where the second operand is.
/** The constant. */
export const BPF_K = 0x00;
/** The source register. */
export const BPF_X = 0x08;

// Modes of loads and stores.
/** A constant of 64 bits, in two instructions. */
export const BPF_IMM = 0x00;
export const BPF_MEM = 0x60;
/** BPF_XADD before Linux 5.12, with the same meaning for a constant of 0. */
export const BPF_ATOMIC = 0xc0;

/** Widths of loads and stores by their bytes. */
export const WIDTH = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 } as const;
export type Width = keyof typeof WIDTH;

/** What an ALU instruction does, upper 4 bits of its opcode. */
export const ALU = {
  add: 0x00,
  sub: 0x10,
  or: 0x40,
  and: 0x50,
  lsh: 0x60,
  rsh: 0x70,
  mov: 0xb0,
} as const;
export type Operation = keyof typeof ALU;

/** When a jump is taken, upper 4 bits of its opcode; the s in front compares as signed. */
export const JUMP = {
  always: 0x00,
  "==": 0x10,
  ">": 0x20,
  ">=": 0x30,
  /** Any bit of the one is set in the other. */
  "&": 0x40,
  "!=": 0x50,
  "s>": 0x60,
  "s>=": 0x70,
  "<": 0xa0,
  "<=": 0xb0,
  "s<": 0xc0,
  "s<=": 0xd0,
} as const;
export type Comparison = Exclude<keyof typeof JUMP, "always">;

export const BPF_CALL = 0x80;
export const BPF_EXIT = 0x90;

// What the source register's number means in a BPF_LD | BPF_IMM of 8 bytes.
/** The constant is a map's descriptor; the register gets the map. */
export const BPF_PSEUDO_MAP_FD = 1;
/** The register gets the address of the map's first value, plus the second constant (since Linux 5.2). */
export const BPF_PSEUDO_MAP_VALUE = 2;

/** One instruction of 8 bytes, as struct bpf_insn has its fields. */
export interface Instruction {
  readonly opcode: number;
  readonly dst: number;
  readonly src: number;
  /** Signed 16 bits: bytes in loads and stores, instructions in jumps. */
  readonly offset: number;
  /** Signed 32 bits. */
  readonly constant: number;
}

/** Puts an instruction at an index. Both machines that this runs on, x64 and arm64, are little-endian. */
export function encodeInstruction(view: DataView, index: number, instruction: Instruction): void {
  const at = index * INSTRUCTION_BYTES;
  view.setUint8(at, instruction.opcode);
  view.setUint8(at + 1, (instruction.src << 4) | instruction.dst);
  view.setInt16(at + 2, instruction.offset, true);
  view.setInt32(at + 4, instruction.constant, true);
}
