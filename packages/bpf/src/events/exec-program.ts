import { Assembler, type Label, type Place } from "../program/assembler.ts";
import {
  BPF_FUNC_get_current_cgroup_id,
  BPF_FUNC_get_smp_processor_id,
  BPF_FUNC_map_lookup_elem,
  BPF_FUNC_probe_read_kernel_str,
  BPF_FUNC_probe_read_user,
} from "../program/helper.ts";
import {
  argument,
  copy,
  count,
  countLost,
  end,
  field,
  jumpIfCrowded,
  member,
  output,
  type ProgramTarget,
  writeHead,
} from "./program-parts.ts";
import { notePath, WALK_BYTES, WALK_FRAME_BYTES } from "./path-program.ts";
import { EXEC, EXEC_BYTES, PATH_BYTES, STATE } from "./record-layout.ts";

/** Bytes of arguments read at once: a page that is not there costs no more than these. */
const CHUNK_BYTES = 4096;
/** An exec that takes more than this goes without its arguments when the ring fills up. */
const SMALL_BYTES = 512;
/** The record: memory of this CPU, in r8. */
const record: Place = { base: 8, offset: 0 };
/** Where the task is kept meanwhile. */
const TASK: Place = { base: 10, offset: -WALK_FRAME_BYTES - 8 };
/** Bytes that the file name and the paths may take. */
const NAMES_BYTES = PATH_BYTES + 2 * WALK_BYTES;

/** Bytes of memory that an exec is put together in. */
export function scratchBytes(argvBytes: number): number {
  return EXEC_BYTES + NAMES_BYTES + Math.ceil(argvBytes / 8) * 8;
}

/**
 * The program for the tracepoint sched_process_exec (task, thread id before, struct linux_binprm): the new program is in
 * place and has not run yet.
 *
 * The record has the length it needs, which of the ring's ways only bpf_ringbuf_output() allows on Linux 5.8: it is put
 * together elsewhere and copied. Elsewhere is an array with a value a CPU, since a value of a per-CPU array may have no
 * more than 32 KiB; the kernel never runs a program twice at a time on one CPU.
 */
export function assembleExecProgram(target: ProgramTarget): Uint8Array {
  const { layout } = target;
  const a = new Assembler();
  const lost = a.label("lost");
  const done = a.label("done");
  a.mov(6, { register: 1 });
  a.load(8, 7, argument(6, 0));
  a.call(BPF_FUNC_get_smp_processor_id);
  a.store(4, { base: 10, offset: -4 }, { register: 0 });
  a.loadMap(1, target.scratch);
  a.mov(2, { register: 10 });
  a.alu("add", 2, -4);
  a.call(BPF_FUNC_map_lookup_elem);
  a.jumpIf(0, "==", 0, lost);
  a.mov(8, { register: 0 });
  writeHead(a, target, { kind: "exec", record, task: 7 });
  copy(a, 4, argument(6, 1), field(record, EXEC.oldPid));
  a.load(8, 2, member(layout, 7, "task_struct.cred"));
  copy(a, 4, member(layout, 2, "cred.uid.val"), field(record, EXEC.ruid));
  copy(a, 4, member(layout, 2, "cred.euid.val"), field(record, EXEC.euid));
  copy(a, 4, member(layout, 2, "cred.gid.val"), field(record, EXEC.rgid));
  copy(a, 4, member(layout, 2, "cred.egid.val"), field(record, EXEC.egid));
  a.call(BPF_FUNC_get_current_cgroup_id);
  a.store(8, field(record, EXEC.cgroup), { register: 0 });
  a.store(4, field(record, EXEC.trimmed), 0);
  readFileName(a, target);
  notePaths(a, target);
  readArguments(a, target);
  send(a, target, { done, lost });
  a.place(lost);
  countLost(a, target, "exec");
  a.place(done);
  end(a);
  return a.assemble();
}

/** Context in r6; leaves the bytes of the name in r9, 0 when there is none. */
function readFileName(a: Assembler, target: ProgramTarget): void {
  const bad = a.label("no file name");
  const have = a.label("have the file name");
  a.load(8, 1, argument(6, 2));
  a.load(8, 3, member(target.layout, 1, "linux_binprm.filename"));
  a.mov(1, { register: 8 });
  a.alu("add", 1, EXEC_BYTES);
  a.mov(2, PATH_BYTES);
  a.call(BPF_FUNC_probe_read_kernel_str);
  a.store(4, field(record, EXEC.fileBytes), { register: 0 });
  a.mov(9, { register: 0 });
  a.jumpIf(9, "s<", 0, bad);
  // Never longer; but not every kernel's verifier knows.
  a.jumpIf(9, "<=", PATH_BYTES, have);
  a.place(bad);
  a.mov(9, 0);
  a.place(have);
}

/**
 * The executable's path and the working directory's, as /proc will have them: there another exec, or the end of the task, may
 * come before anybody looks. Context in r6, the task in r7.
 */
function notePaths(a: Assembler, { layout }: ProgramTarget): void {
  a.store(8, TASK, { register: 7 });
  a.load(8, 1, argument(6, 2));
  a.load(8, 7, member(layout, 1, "linux_binprm.file"));
  notePath(
    a,
    { layout, limit: PATH_BYTES + WALK_BYTES },
    {
      dentry: "file.f_path.dentry",
      mnt: "file.f_path.mnt",
      bytesField: EXEC.exeBytes,
      endField: EXEC.exeEnd,
    },
  );
  a.load(8, 7, TASK);
  a.load(8, 7, member(layout, 7, "task_struct.fs"));
  notePath(
    a,
    { layout, limit: NAMES_BYTES },
    {
      dentry: "fs_struct.pwd.dentry",
      mnt: "fs_struct.pwd.mnt",
      bytesField: EXEC.cwdBytes,
      endField: EXEC.cwdEnd,
    },
  );
  a.load(8, 7, TASK);
}

/** The task in r7; reads behind the names, and leaves the bytes read in r6. */
function readArguments(a: Assembler, target: ProgramTarget): void {
  const { layout, argvBytes } = target;
  const none = a.label("no arguments");
  const backwards = a.label("end before start");
  const cut = a.label("keep less");
  const read = a.label("read");
  const fault = a.label("fault");
  const bad = a.label("kept nothing");
  const have = a.label("have the arguments");
  a.mov(6, 0);
  a.store(4, field(record, EXEC.argvLength), 0);
  a.store(4, field(record, EXEC.argvError), 0);
  a.load(8, 1, member(layout, 7, "task_struct.mm"));
  a.jumpIf(1, "==", 0, none);
  a.load(8, 7, member(layout, 1, "mm_struct.arg_start"));
  a.load(8, 6, member(layout, 1, "mm_struct.arg_end"));
  // Never so after an exec: who wants them elsewhere has to run first (PR_SET_MM of prctl(2)).
  a.jumpIf(6, "<", { register: 7 }, backwards);
  a.alu("sub", 6, { register: 7 });
  a.store(4, field(record, EXEC.argvLength), { register: 6 });
  a.jumpIf(6, ">", argvBytes, cut);
  a.jump(read);
  a.place(cut);
  a.mov(6, argvBytes);
  a.place(read);
  // Once at least, if only to find that nothing is wanted: the verifier takes no code that nothing leads to.
  for (let from = 0; from === 0 || from < argvBytes; from += CHUNK_BYTES) {
    readChunk(a, { from, bytes: Math.min(CHUNK_BYTES, argvBytes - from) }, { none, fault });
  }
  a.jump(none);
  a.place(fault);
  a.store(4, field(record, EXEC.argvError), { register: 0 });
  count(a, target, STATE.faults);
  a.load(4, 6, field(record, EXEC.argvKept));
  // It was written above; the verifier does not know what memory holds.
  a.jumpIf(6, "<=", argvBytes, have);
  a.place(bad);
  a.place(backwards);
  a.mov(6, 0);
  a.jump(have);
  a.place(none);
  a.place(have);
  a.store(4, field(record, EXEC.argvKept), { register: 6 });
}

/** Bytes to read in r6, from where in r7, length of the names in r9. */
function readChunk(
  a: Assembler,
  chunk: { readonly from: number; readonly bytes: number },
  to: { readonly none: Label; readonly fault: Label },
): void {
  const whole = a.label("whole chunk");
  const go = a.label("go");
  // So much is kept if this chunk cannot be read.
  a.store(4, field(record, EXEC.argvKept), chunk.from);
  a.mov(2, { register: 6 });
  a.alu("sub", 2, chunk.from);
  a.jumpIf(2, "s<=", 0, to.none);
  a.jumpIf(2, ">", chunk.bytes, whole);
  a.jump(go);
  a.place(whole);
  a.mov(2, chunk.bytes);
  a.place(go);
  a.mov(1, { register: 8 });
  a.alu("add", 1, { register: 9 });
  a.alu("add", 1, EXEC_BYTES + chunk.from);
  a.mov(3, { register: 7 });
  a.alu("add", 3, chunk.from);
  a.call(BPF_FUNC_probe_read_user);
  a.jumpIf(0, "!=", 0, to.fault);
}

/** First with its arguments, if the ring has room; then without; then it is lost. */
function send(
  a: Assembler,
  target: ProgramTarget,
  to: { readonly done: Label; readonly lost: Label },
): void {
  const small = a.label("small");
  const trim = a.label("trim");
  a.mov(7, { register: 6 });
  a.alu("add", 7, { register: 9 });
  a.alu("add", 7, EXEC_BYTES);
  a.jumpIf(7, "<=", SMALL_BYTES, small);
  jumpIfCrowded(a, target, trim);
  a.place(small);
  output(a, target, record, { register: 7 });
  a.jumpIf(0, "==", 0, to.done);
  a.place(trim);
  a.store(4, field(record, EXEC.trimmed), 1);
  a.store(4, field(record, EXEC.argvKept), 0);
  a.alu("add", 9, EXEC_BYTES);
  output(a, target, record, { register: 9 });
  a.jumpIf(0, "!=", 0, to.lost);
  count(a, target, STATE.trimmed);
  a.jump(to.done);
}
