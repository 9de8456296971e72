import { Assembler, type Place } from "../program/assembler.ts";
import { BPF_FUNC_get_current_pid_tgid } from "../program/helper.ts";
import {
  argument,
  copy,
  countLost,
  end,
  field,
  member,
  output,
  type ProgramTarget,
  writeHead,
} from "./program-parts.ts";
import { FORK, FORK_BYTES } from "./record-layout.ts";

/**
 * The program for the tracepoint task_newtask (task, clone flags), which copy_process() passes for every new task. The
 * better known sched_process_fork misses those that the kernel makes for a process by itself, as io_uring's workers.
 */
export function assembleForkProgram(target: ProgramTarget): Uint8Array {
  const { layout } = target;
  const a = new Assembler();
  const record: Place = { base: 10, offset: -FORK_BYTES };
  const done = a.label("done");
  a.load(8, 7, argument(1, 0));
  // A CPU's idle thread, made when the CPU comes up, has no process id.
  a.load(4, 1, member(layout, 7, "task_struct.pid"));
  a.jumpIf(1, "==", 0, done);
  writeHead(a, target, { kind: "fork", record, task: 7 });
  a.load(8, 6, member(layout, 7, "task_struct.real_parent"));
  copy(a, 4, member(layout, 6, "task_struct.pid"), field(record, FORK.parentPid));
  copy(a, 4, member(layout, 6, "task_struct.tgid"), field(record, FORK.parentTgid));
  a.call(BPF_FUNC_get_current_pid_tgid);
  a.store(4, field(record, FORK.creatorPid), { register: 0 });
  a.alu("rsh", 0, 32);
  a.store(4, field(record, FORK.creatorTgid), { register: 0 });
  output(a, target, record, FORK_BYTES);
  a.jumpIf(0, "==", 0, done);
  countLost(a, target, "fork");
  a.place(done);
  end(a);
  return a.assemble();
}
