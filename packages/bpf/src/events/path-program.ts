import type { Assembler, Label, Place } from "../program/assembler.ts";
import { BPF_FUNC_probe_read_kernel, BPF_FUNC_probe_read_kernel_str } from "../program/helper.ts";
import type { KernelLayout, MemberPath } from "./kernel-layout.ts";
import { field } from "./program-parts.ts";
import { EXEC, EXEC_BYTES, PATH } from "./record-layout.ts";

/** Names and mounts passed on the way up. */
const STEPS = 32;
/** NAME_MAX and a NUL: include/uapi/linux/limits.h. */
const NAME_BYTES = 256;
/** Bytes of names kept of one path. */
const KEPT_BYTES = 2048;
/** Room that a path may take, its last name read beyond what is kept. */
export const WALK_BYTES: number = KEPT_BYTES + NAME_BYTES;

// The frame, from its end; -4 is the array's key.
/** What was read last. */
const GOT: Place = { base: 10, offset: -16 };
/** Root directory of the mount that the way is in. */
const MOUNT_ROOT: Place = { base: 10, offset: -24 };
/** The mount that it is mounted in. */
const PARENT: Place = { base: 10, offset: -32 };
/** Bytes of the frame that a walk uses, from its end. */
export const WALK_FRAME_BYTES = 32;

/** Where a path is noted: its struct path in the kernel, and its fields in the record. */
export interface PathPlace {
  /** Members of a struct path in the struct that r7 points to. */
  readonly dentry: MemberPath;
  readonly mnt: MemberPath;
  readonly bytesField: number;
  readonly endField: number;
}

/**
 * Walks from a file or directory up to the root, as d_path() in fs/d_path.c does, and notes the names. What is looked at is
 * the kernel's own cache of names, in memory while somebody has the file. Without its lock: a directory that is renamed in that
 * microsecond may be noted by its new name or its old.
 *
 * The struct in r7, the record in r8, bytes behind its head in r9, which grows. Uses r6 and r7.
 */
export function notePath(
  a: Assembler,
  what: { readonly layout: KernelLayout; readonly limit: number },
  path: PathPlace,
): void {
  const { layout, limit } = what;
  const { offsets } = layout;
  const record: Place = { base: 8, offset: 0 };
  const whole = a.label("whole");
  const nowhere = a.label("nowhere");
  const long = a.label("long");
  const fault = a.label("fault");
  const done = a.label("done");
  // Begun bytes for now; what is noted is the difference.
  a.store(4, field(record, path.bytesField), { register: 9 });
  a.store(4, field(record, path.endField), 0);
  read(a, GOT, { base: 7, offset: offsets[path.dentry] }, fault);
  a.load(8, 6, GOT);
  read(a, GOT, { base: 7, offset: offsets[path.mnt] }, fault);
  a.load(8, 7, GOT);
  a.alu("add", 7, -layout.vfsmount);
  const mountRoot: Place = { base: 7, offset: offsets["mount.mnt.mnt_root"] };
  read(a, MOUNT_ROOT, mountRoot, fault);
  noteUnlinked(a, layout, { end: field(record, path.endField), fault });
  for (let step = 0; step < STEPS; step++) {
    const crossing = a.label("crossing");
    const next = a.label("next");
    a.load(8, 1, MOUNT_ROOT);
    a.jumpIf(6, "==", { register: 1 }, crossing);
    a.jumpIf(9, ">", limit - NAME_BYTES, long);
    read(a, GOT, { base: 6, offset: offsets["dentry.d_name.name"] }, fault);
    a.load(8, 3, GOT);
    a.mov(1, { register: 8 });
    a.alu("add", 1, { register: 9 });
    a.alu("add", 1, EXEC_BYTES);
    a.mov(2, NAME_BYTES);
    a.call(BPF_FUNC_probe_read_kernel_str);
    a.jumpIf(0, "s<", 1, fault);
    // Never more; but not every kernel's verifier knows.
    a.jumpIf(0, "s>", NAME_BYTES, fault);
    a.alu("add", 9, { register: 0 });
    throughMemory(a);
    read(a, GOT, { base: 6, offset: offsets["dentry.d_parent"] }, fault);
    a.load(8, 1, GOT);
    a.jumpIf(1, "==", { register: 6 }, nowhere);
    a.mov(6, { register: 1 });
    a.jump(next);
    a.place(crossing);
    read(a, PARENT, { base: 7, offset: offsets["mount.mnt_parent"] }, fault);
    a.load(8, 1, PARENT);
    a.jumpIf(1, "==", { register: 7 }, whole);
    read(a, GOT, { base: 7, offset: offsets["mount.mnt_mountpoint"] }, fault);
    a.load(8, 6, GOT);
    a.load(8, 7, PARENT);
    read(a, MOUNT_ROOT, mountRoot, fault);
    a.place(next);
  }
  a.place(long);
  setBits(a, field(record, path.endField), PATH.long);
  a.jump(done);
  a.place(fault);
  setBits(a, field(record, path.endField), PATH.fault);
  a.jump(done);
  a.place(nowhere);
  setBits(a, field(record, path.endField), PATH.nowhere);
  a.place(whole);
  a.place(done);
  throughMemory(a);
  const sound = a.label("sound");
  a.jumpIf(9, "<=", limit, sound);
  // Never so; but the verifier does not know.
  a.mov(9, 0);
  a.place(sound);
  a.mov(1, { register: 9 });
  a.load(4, 2, field(record, path.bytesField));
  a.alu("sub", 1, { register: 2 });
  a.store(4, field(record, path.bytesField), { register: 1 });
}

/** `*to = *from`, 8 bytes of the kernel's memory into the frame. */
function read(a: Assembler, to: Place, from: Place, fault: Label): void {
  a.mov(1, { register: to.base });
  a.alu("add", 1, to.offset);
  a.mov(2, 8);
  a.mov(3, { register: from.base });
  a.alu("add", 3, from.offset);
  a.call(BPF_FUNC_probe_read_kernel);
  a.jumpIf(0, "!=", 0, fault);
}

/** As d_unlinked() in include/linux/dcache.h: in no hash table, and no root. The name in r6. */
function noteUnlinked(
  a: Assembler,
  { offsets }: KernelLayout,
  to: { readonly end: Place; readonly fault: Label },
): void {
  const linked = a.label("linked");
  read(a, GOT, { base: 6, offset: offsets["dentry.d_hash.pprev"] }, to.fault);
  a.load(8, 1, GOT);
  a.jumpIf(1, "!=", 0, linked);
  read(a, GOT, { base: 6, offset: offsets["dentry.d_parent"] }, to.fault);
  a.load(8, 1, GOT);
  a.jumpIf(1, "==", { register: 6 }, linked);
  setBits(a, to.end, PATH.unlinked);
  a.place(linked);
}

function setBits(a: Assembler, place: Place, bits: number): void {
  a.load(4, 1, place);
  a.alu("or", 1, bits);
  a.store(4, place, { register: 1 });
}

/**
 * Makes the verifier forget what it knows of r9. On every way up it knows another least length, and would follow each of them to
 * its end: 2^32 ways. Like this all look the same.
 */
function throughMemory(a: Assembler): void {
  a.store(4, { base: 8, offset: EXEC.argvKept }, { register: 9 });
  a.load(4, 9, { base: 8, offset: EXEC.argvKept });
}
