import {
  ALU,
  BPF_ALU64,
  BPF_ATOMIC,
  BPF_CALL,
  BPF_EXIT,
  BPF_IMM,
  BPF_JMP,
  BPF_K,
  BPF_LD,
  BPF_LDX,
  BPF_MEM,
  BPF_PSEUDO_MAP_FD,
  BPF_PSEUDO_MAP_VALUE,
  BPF_ST,
  BPF_STX,
  BPF_X,
  type Comparison,
  encodeInstruction,
  type Instruction,
  INSTRUCTION_BYTES,
  JUMP,
  type Operation,
  type Register,
  WIDTH,
  type Width,
} from "./instruction.ts";

/** A place in memory: so many bytes from what a register points to. */
export interface Place {
  readonly base: Register;
  /** Bytes, signed 16 bits. */
  readonly offset: number;
}

/** A second operand: a register's number in a box, or a constant of 32 bits, sign-extended. */
export type Operand = number | { readonly register: Register };

/** A place in a program that jumps go to. */
export type Label = symbol;

/** Puts a program together, an instruction a call, and resolves its jumps at the end. */
export class Assembler {
  readonly #instructions: Instruction[] = [];
  readonly #labels = new Map<Label, number>();
  readonly #jumps: { readonly at: number; readonly to: Label }[] = [];

  /** `dst = dst <operation> operand`, 64 bits wide; `mov` takes the operand alone. */
  alu(operation: Operation, dst: Register, operand: Operand): void {
    writable(dst);
    const { src, constant, from } = split(operand);
    this.#add({ opcode: BPF_ALU64 | ALU[operation] | from, dst, src, offset: 0, constant });
  }

  mov(dst: Register, operand: Operand): void {
    this.alu("mov", dst, operand);
  }

  /** `dst = *place`, zero-extended. */
  load(width: Width, dst: Register, place: Place): void {
    writable(dst);
    const { base: src, offset } = place;
    this.#add({ opcode: BPF_LDX | BPF_MEM | WIDTH[width], dst, src, offset, constant: 0 });
  }

  /** `*place = operand`. */
  store(width: Width, place: Place, operand: Operand): void {
    const { src, constant, from } = split(operand);
    const opcode = (from === BPF_X ? BPF_STX : BPF_ST) | BPF_MEM | WIDTH[width];
    this.#add({ opcode, dst: place.base, src, offset: place.offset, constant });
  }

  /** `*place += src` as one step, 64 bits wide. */
  atomicAdd(place: Place, src: Register): void {
    const { base: dst, offset } = place;
    this.#add({ opcode: BPF_STX | BPF_ATOMIC | WIDTH[8], dst, src, offset, constant: 0 });
  }

  /** `dst` becomes the map with this descriptor, as helpers want it. */
  loadMap(dst: Register, descriptor: number): void {
    this.#loadWide(dst, BPF_PSEUDO_MAP_FD, descriptor, 0);
  }

  /** `dst` becomes the address of a byte in the first value of the array with this descriptor. */
  loadMapValue(dst: Register, descriptor: number, offset: number): void {
    this.#loadWide(dst, BPF_PSEUDO_MAP_VALUE, descriptor, offset);
  }

  /** Calls a helper: arguments in r1–r5, which are lost, result in r0. */
  call(helper: number): void {
    this.#add({ opcode: BPF_JMP | BPF_CALL, dst: 0, src: 0, offset: 0, constant: helper });
  }

  /** Ends the program with r0. */
  exit(): void {
    this.#add({ opcode: BPF_JMP | BPF_EXIT, dst: 0, src: 0, offset: 0, constant: 0 });
  }

  jump(to: Label): void {
    this.#jump({ opcode: BPF_JMP | JUMP.always, dst: 0, src: 0, offset: 0, constant: 0 }, to);
  }

  /** Jumps when `dst <comparison> operand`. */
  jumpIf(dst: Register, comparison: Comparison, operand: Operand, to: Label): void {
    const { src, constant, from } = split(operand);
    this.#jump({ opcode: BPF_JMP | JUMP[comparison] | from, dst, src, offset: 0, constant }, to);
  }

  /** A new label, to be placed once. @param name for errors */
  label(name: string): Label {
    return Symbol(name);
  }

  /** @throws Error when it has a place already */
  place(label: Label): void {
    if (this.#labels.has(label)) throw new Error(`label ${label.description} is placed twice`);
    this.#labels.set(label, this.#instructions.length);
  }

  /** The program. @throws Error when a jump goes nowhere or farther than 32,767 instructions */
  assemble(): Uint8Array {
    const bytes = new Uint8Array(this.#instructions.length * INSTRUCTION_BYTES);
    const view = new DataView(bytes.buffer);
    this.#instructions.forEach((instruction, i) => encodeInstruction(view, i, instruction));
    for (const { at, to } of this.#jumps) {
      const target = this.#labels.get(to);
      if (target === undefined) throw new Error(`label ${to.description} has no place`);
      // Counted from the instruction after the jump.
      const offset = signed(target - at - 1, 16);
      view.setInt16(at * INSTRUCTION_BYTES + 2, offset, true);
    }
    return bytes;
  }

  #jump(instruction: Instruction, to: Label): void {
    this.#jumps.push({ at: this.#instructions.length, to });
    this.#add(instruction);
  }

  #loadWide(dst: Register, pseudo: number, low: number, high: number): void {
    writable(dst);
    const opcode = BPF_LD | BPF_IMM | WIDTH[8];
    this.#add({ opcode, dst, src: pseudo, offset: 0, constant: low });
    this.#add({ opcode: 0, dst: 0, src: 0, offset: 0, constant: high });
  }

  #add(instruction: Instruction): void {
    signed(instruction.offset, 16);
    signed(instruction.constant, 32);
    this.#instructions.push(instruction);
  }
}

function split(operand: Operand): { src: Register; constant: number; from: number } {
  if (typeof operand === "number") return { src: 0, constant: operand, from: BPF_K };
  return { src: operand.register, constant: 0, from: BPF_X };
}

/** @throws RangeError for the frame pointer */
function writable(register: Register): void {
  if (register === 10) throw new RangeError("r10 cannot be written");
}

/** @throws RangeError when the number does not fit */
function signed(value: number, bits: number): number {
  const limit = 2 ** (bits - 1);
  if (Number.isInteger(value) && value >= -limit && value < limit) return value;
  throw new RangeError(`${value} does not fit in ${bits} bits`);
}
