import type { AnyLine } from "@task-watchers/trace";
import type {
  ExecFacts,
  LostEvent,
  ProcEvent,
  ProcEventBase,
  TaskProcEvent,
} from "./proc-event.ts";
import * as read from "./read-field.ts";

/** Events by the type of their line. */
const READERS: Readonly<Record<string, (line: AnyLine) => TaskProcEvent | undefined>> = {
  clone: (line) => ({ type: "fork", ...base(line), ...origin(line) }),
  init: (line) =>
    line["existing"] === true
      ? { type: "fork", ...base(line), existing: true, ...origin(line), ...program(line) }
      : undefined,
  exec: (line) => ({ type: "exec", ...base(line), exec: facts(line, true), ...idsOf(line) }),
  uid: (line) => ({
    type: "uid",
    ...base(line),
    ruid: read.id(line["ruid"]),
    euid: read.id(line["euid"]),
  }),
  gid: (line) => ({
    type: "gid",
    ...base(line),
    rgid: read.id(line["rgid"]),
    egid: read.id(line["egid"]),
  }),
  sid: (line) => ({ type: "sid", ...base(line) }),
  coredump: (line) => ({ type: "coredump", ...base(line) }),
  comm: (line) => ({ type: "comm", ...base(line), comm: read.text(line["comm"]) }),
  ptrace: (line) => {
    const tracer = read.fieldsOf(line["tracer"]);
    return {
      type: "ptrace",
      ...base(line),
      ...(tracer && { tracer: { pid: read.pid(tracer["pid"]), tgid: read.pid(tracer["tgid"]) } }),
    };
  },
  exit: (line) => ({ type: "exit", ...base(line), ...ending(line), ...program(line) }),
};

/**
 * The event that a line tells of; undefined when it is of another kind (`header`, `summary`, `free`, the `init` of a task
 * that was not there before, a type not known), or when a field is not what it should be. Whoever wrote the line may have
 * written anything: never throws.
 */
export function fromLine(line: AnyLine): ProcEvent | undefined {
  try {
    if (line.type === "lost") return lost(line);
    return Object.hasOwn(READERS, line.type) ? READERS[line.type]?.(line) : undefined;
  } catch (error) {
    if (error instanceof read.MalformedLine) return undefined;
    throw error;
  }
}

function lost(line: AnyLine): LostEvent {
  return {
    type: "lost",
    timeNs: read.nanoseconds(line["timeNs"]),
    reason: read.text(line["reason"]),
    count: read.countOrNull(line["count"]),
    sinceNs: read.nanoseconds(line["sinceNs"]),
    untilNs: read.nanoseconds(line["untilNs"]),
  };
}

function base(line: AnyLine): ProcEventBase {
  const synthetic = read.syntheticReason(line["synthetic"]);
  return {
    timeNs: read.nanoseconds(line["timeNs"]),
    task: read.taskId(line["task"]),
    pid: read.pid(line["pid"]),
    tgid: read.pid(line["tgid"]),
    ppid: read.pid(line["ppid"]),
    ...(synthetic && { synthetic }),
  };
}

function origin(line: AnyLine): { readonly parent?: string } & ReturnType<typeof idsOf> {
  const { parent } = line;
  return { ...(parent !== undefined && { parent: read.taskId(parent) }), ...idsOf(line) };
}

function idsOf(line: AnyLine): { readonly ids?: NonNullable<ReturnType<typeof read.idsField>> } {
  const ids = read.idsField(line["ids"]);
  return ids === undefined ? {} : { ids };
}

/** What an `exec` line says, or as much of it as another line carries under `exec`. */
function facts(fields: read.Fields, isWhole: boolean): ExecFacts {
  const missing = read.fieldsOf(fields["missing"]) ?? {};
  const cut = isWhole ? fields["argvTruncatedBytes"] : undefined;
  return {
    exe: read.fact(fields["exe"], missing["exe"], read.text),
    argv: read.fact(fields["argv"], missing["argv"], read.texts),
    ...(cut !== undefined && { argvTruncatedBytes: read.integer(cut, 0, Number.MAX_SAFE_INTEGER) }),
    cwd: read.fact(fields["cwd"], missing["cwd"], read.text),
    cgroup: read.fact(fields["cgroup"], missing["cgroup"], read.text),
  };
}

function program(line: AnyLine): { readonly exec?: ExecFacts } {
  const exec = read.fieldsOf(line["exec"]);
  return exec === undefined ? {} : { exec: facts(exec, false) };
}

type Ending = Omit<Extract<TaskProcEvent, { type: "exit" }>, "type" | keyof ProcEventBase>;

function ending(line: AnyLine): Ending {
  const { code, signal, durationNs } = line;
  const coreDumped = read.flag(line["coreDumped"]);
  const status = read.fieldsOf(line["missing"])?.["status"];
  return {
    ...(code !== undefined && { code: read.integer(code, 0, 255) }),
    ...(signal !== undefined && { signal: read.integer(signal, 1, 127) }),
    ...(coreDumped && { coreDumped }),
    ...(durationNs !== undefined && { durationNs: read.nanoseconds(durationNs) }),
    ...(status !== undefined && { status: { missing: read.text(status) } }),
  };
}
