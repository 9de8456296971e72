import type {
  CloneEvent,
  ExecEvent,
  ExitEvent,
  GidEvent,
  InitEvent,
  SyntheticReason,
  Task,
  TaskNotice,
  UidEvent,
  WatchLoss,
} from "@task-watchers/chain";
import type { ExecFacts, LostEvent, ProcEventBase, TaskProcEvent } from "./proc-event.ts";

/** The task events that a process event is made of. A task begins with `clone`, or with the `init` of one that was there. */
export type TellingEvent = CloneEvent | InitEvent | ExecEvent | UidEvent | GidEvent | ExitEvent;

/** Facts kept at most; when there are as many, it begins anew with another map: one that was emptied holds on to what it had. */
const FACTS_KEPT = 256;

/** What is told of a program again and again shares one object; of one that sleeps nothing is kept. */
let facts = new Map<ExecEvent, ExecFacts>();

/** The process event of a task event. Takes what the task is now, so it is to be made while the event is told. */
export function fromTask(event: TellingEvent, task: Task): TaskProcEvent {
  const base = baseOf(event.timeNs, task, event.synthetic);
  switch (event.type) {
    case "clone":
      return { type: "fork", ...base, ...origin(task) };
    case "init":
      return { type: "fork", ...base, existing: true, ...origin(task) };
    case "exec":
      return {
        type: "exec",
        ...base,
        exec: factsOf(event),
        ...(task.ids && { ids: task.ids }),
      };
    case "uid":
      return { type: "uid", ...base, ruid: event.ruid, euid: event.euid };
    case "gid":
      return { type: "gid", ...base, rgid: event.rgid, egid: event.egid };
    case "exit":
      return {
        type: "exit",
        ...base,
        ...(event.code !== undefined && { code: event.code }),
        ...(event.signal !== undefined && { signal: event.signal }),
        ...(event.coreDumped && { coreDumped: event.coreDumped }),
        ...(event.status && { status: event.status }),
        ...(event.durationNs !== undefined && { durationNs: event.durationNs }),
      };
  }
}

/** The process event of a notice; its `pid` is the thread that the notice names. */
export function fromNotice(notice: TaskNotice, task: Task): TaskProcEvent {
  const base = baseOf(notice.timeNs, task);
  const { pid } = notice;
  switch (notice.type) {
    case "sid":
    case "coredump":
      return { type: notice.type, ...base, pid };
    case "comm":
      return { type: "comm", ...base, pid, comm: notice.comm };
    case "ptrace":
      return { type: "ptrace", ...base, pid, ...(notice.tracer && { tracer: notice.tracer }) };
  }
}

/** How a stream shows a loss of its watch. */
export function fromLoss(loss: WatchLoss): LostEvent {
  const { reason, count, sinceNs, untilNs } = loss;
  return { type: "lost", timeNs: untilNs, reason, count, sinceNs, untilNs };
}

/** A task as if it began now, for a listener who came later: as the `init` of an existing task tells it. */
export function existingFork(task: Task): TaskProcEvent {
  return fromTask({ type: "init", existing: true, timeNs: task.startNs }, task);
}

function baseOf(timeNs: bigint, task: Task, synthetic?: SyntheticReason): ProcEventBase {
  const { id, pid, tgid, ppid, exec } = task;
  return {
    timeNs,
    task: id,
    pid,
    tgid,
    ppid,
    ...(synthetic && { synthetic }),
    ...(exec && { exec: factsOf(exec) }),
  };
}

function origin({ parent, ids }: Task): {
  readonly parent?: string;
  readonly ids?: Task["ids"] & {};
} {
  if (parent === undefined) return ids === undefined ? {} : { ids };
  return ids === undefined ? { parent: parent.id } : { parent: parent.id, ids };
}

function factsOf(event: ExecEvent): ExecFacts {
  const known = facts.get(event);
  if (known !== undefined) return known;
  const { exe, argv, argvTruncatedBytes, cwd, cgroup } = event;
  const made = {
    exe,
    argv,
    ...(argvTruncatedBytes !== undefined && { argvTruncatedBytes }),
    cwd,
    cgroup,
  };
  if (facts.size >= FACTS_KEPT) facts = new Map();
  facts.set(event, made);
  return made;
}
