import type { Assembler, Label, Operand, Place } from "../program/assembler.ts";
import {
  BPF_FUNC_ktime_get_ns,
  BPF_FUNC_ringbuf_output,
  BPF_FUNC_ringbuf_query,
} from "../program/helper.ts";
import type { Register, Width } from "../program/instruction.ts";
import type { KernelLayout, MemberPath } from "./kernel-layout.ts";
import { HEAD, KIND, type Kind, STATE } from "./record-layout.ts";

// enum of flags for bpf_ringbuf_output, include/uapi/linux/bpf.h
const BPF_RB_NO_WAKEUP = 1;
const BPF_RB_FORCE_WAKEUP = 2;
/** To bpf_ringbuf_query: bytes not yet read. */
const BPF_RB_AVAIL_DATA = 0;

/** What the programs are made for: this kernel, these maps. */
export interface ProgramTarget {
  readonly layout: KernelLayout;
  /** Descriptor of the ring. */
  readonly ring: number;
  /** Descriptor of the state, see STATE. */
  readonly state: number;
  /** Descriptor of the memory to put execs together in: an array, a value a CPU. */
  readonly scratch: number;
  /** Bytes of arguments to keep. */
  readonly argvBytes: number;
  /** Bytes in the ring from which on what can be done without is left out. */
  readonly highWater: number;
}

/** A value in a program's arguments: a word of its context. */
export function argument(context: Register, index: number): Place {
  return { base: context, offset: index * 8 };
}

/** A member of the struct that a register points to. */
export function member(layout: KernelLayout, base: Register, path: MemberPath): Place {
  return { base, offset: layout.offsets[path] };
}

/** A field of the record that begins at `record`. */
export function field(record: Place, offset: number): Place {
  return { base: record.base, offset: record.offset + offset };
}

/** `*to = *from` by way of r1. */
export function copy(a: Assembler, width: Width, from: Place, to: Place): void {
  a.load(width, 1, from);
  a.store(width, to, { register: 1 });
}

/** Writes the fields that every record has; `task` must be a register that a call keeps. */
export function writeHead(
  a: Assembler,
  target: ProgramTarget,
  what: { readonly kind: Kind; readonly record: Place; readonly task: Register },
): void {
  const { layout, state } = target;
  const { record, task } = what;
  a.call(BPF_FUNC_ktime_get_ns);
  a.store(8, field(record, HEAD.time), { register: 0 });
  a.store(4, field(record, HEAD.kind), KIND[what.kind]);
  a.loadMapValue(2, state, STATE.lost);
  copy(a, 4, { base: 2, offset: 0 }, field(record, HEAD.lost));
  copy(a, 4, member(layout, task, "task_struct.pid"), field(record, HEAD.pid));
  copy(a, 4, member(layout, task, "task_struct.tgid"), field(record, HEAD.tgid));
  copy(a, 8, member(layout, task, "task_struct.start_boottime"), field(record, HEAD.start));
}

/**
 * Puts the record into the ring and wakes the reader when it sleeps; r0 is 0 afterwards when there was room.
 *
 * A sleeping reader is woken by one event alone; while it is awake it reads by its own clock, and no event costs a wake-up.
 * The flag is put back before the record is there, never after: else a reader that has gone to sleep again in between
 * would not be woken.
 */
export function output(a: Assembler, target: ProgramTarget, record: Place, bytes: Operand): void {
  const asleep = a.label("asleep");
  const go = a.label("go");
  a.mov(3, bytes);
  a.loadMapValue(1, target.state, STATE.armed);
  a.load(8, 2, { base: 1, offset: 0 });
  a.mov(4, BPF_RB_NO_WAKEUP);
  a.jumpIf(2, "!=", 0, asleep);
  a.jump(go);
  a.place(asleep);
  a.store(8, { base: 1, offset: 0 }, 0);
  a.mov(4, BPF_RB_FORCE_WAKEUP);
  a.place(go);
  a.mov(2, { register: record.base });
  if (record.offset !== 0) a.alu("add", 2, record.offset);
  a.loadMap(1, target.ring);
  a.call(BPF_FUNC_ringbuf_output);
}

/** Jumps when the ring is so full that what can be done without shall be left out. */
export function jumpIfCrowded(a: Assembler, target: ProgramTarget, to: Label): void {
  a.loadMap(1, target.ring);
  a.mov(2, BPF_RB_AVAIL_DATA);
  a.call(BPF_FUNC_ringbuf_query);
  a.jumpIf(0, ">", target.highWater, to);
}

/** Adds 1 to a counter of the state. */
export function count(a: Assembler, target: ProgramTarget, offset: number): void {
  a.loadMapValue(1, target.state, offset);
  a.mov(2, 1);
  a.atomicAdd({ base: 1, offset: 0 }, 2);
}

/** Counts a lost event of this kind. */
export function countLost(a: Assembler, target: ProgramTarget, kind: Kind): void {
  count(a, target, STATE[kind]);
  count(a, target, STATE.lost);
}

/** Ends the program; what it returns is looked at by nobody. */
export function end(a: Assembler): void {
  a.mov(0, 0);
  a.exit();
}
