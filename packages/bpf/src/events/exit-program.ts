import { Assembler, type Place } from "../program/assembler.ts";
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
import { EXIT, EXIT_BYTES } from "./record-layout.ts";

/** In signal_struct.flags: group_exit_code counts, not the leader's own. include/linux/sched/signal.h */
const SIGNAL_GROUP_EXIT = 4;

/** The program for the tracepoint sched_process_exit (task, and since Linux 6.16 whether it is the last of its process). */
export function assembleExitProgram(target: ProgramTarget): Uint8Array {
  const { layout } = target;
  const a = new Assembler();
  const record: Place = { base: 10, offset: -EXIT_BYTES };
  const done = a.label("done");
  const ofGroup = a.label("status of the group");
  const haveStatus = a.label("have the status");
  a.mov(6, { register: 1 });
  a.load(8, 7, argument(6, 0));
  writeHead(a, target, { kind: "exit", record, task: 7 });
  copy(a, 4, member(layout, 7, "task_struct.exit_code"), field(record, EXIT.status));
  a.load(8, 8, member(layout, 7, "task_struct.signal"));
  writeLast(a, target, record);
  // What the parent will get: wait_task_zombie() in kernel/exit.c.
  a.load(4, 1, member(layout, 8, "signal_struct.flags"));
  a.jumpIf(1, "&", SIGNAL_GROUP_EXIT, ofGroup);
  a.load(8, 2, member(layout, 7, "task_struct.group_leader"));
  a.load(4, 1, member(layout, 2, "task_struct.exit_code"));
  a.jump(haveStatus);
  a.place(ofGroup);
  a.load(4, 1, member(layout, 8, "signal_struct.group_exit_code"));
  a.place(haveStatus);
  a.store(4, field(record, EXIT.processStatus), { register: 1 });
  a.load(8, 2, member(layout, 7, "task_struct.real_parent"));
  copy(a, 4, member(layout, 2, "task_struct.tgid"), field(record, EXIT.parentTgid));
  output(a, target, record, EXIT_BYTES);
  a.jumpIf(0, "==", 0, done);
  countLost(a, target, "exit");
  a.place(done);
  end(a);
  return a.assemble();
}

/** Context in r6, the signal_struct in r8. */
function writeLast(a: Assembler, target: ProgramTarget, record: Place): void {
  const { layout } = target;
  const place = field(record, EXIT.last);
  if (layout.exitSaysLast) {
    a.load(8, 1, argument(6, 1));
    a.alu("and", 1, 1);
    a.store(4, place, { register: 1 });
    return;
  }
  // Counted down before the tracepoint; two threads that end at the same time may both find 0.
  const others = a.label("others live");
  a.store(4, place, 0);
  a.load(4, 1, member(layout, 8, "signal_struct.live.counter"));
  a.jumpIf(1, "!=", 0, others);
  a.store(4, place, 1);
  a.place(others);
}
