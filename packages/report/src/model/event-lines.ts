import type { AnyLine } from "@task-watchers/trace";
import type { Interner } from "./interner.ts";
import { decimalOf, numberOf, objectOf, textOf } from "./line-fields.ts";
import { added, type TaskRecord } from "./task-record.ts";
import type { ModelExec, ModelIds } from "./trace-model.ts";
import { execOf, failedExecOf } from "./watcher-lines.ts";

/** How most tasks end: one for all of them. */
const SUCCESS = Object.freeze({ code: 0, coreDumped: false });

type Add = (task: TaskRecord, line: AnyLine, timeNs: number, names: Interner) => void;

/** What a line of each type adds to its task. */
export const EVENTS: Readonly<Record<string, Add>> = {
  init(task, line, timeNs, names) {
    begin(task, line, timeNs);
    if (line["existing"] === true) task.existing = true;
    const exec = objectOf(line["exec"]);
    if (exec) addExec(task, { ...execOf(exec, timeNs, names), isEarlier: true });
  },
  clone(task, line, timeNs) {
    begin(task, line, timeNs);
  },
  exec(task, line, timeNs, names) {
    addExec(task, execOf(line, timeNs, names));
    addIds(task, timeNs, line["ids"]);
  },
  "exec-failed"(task, line, timeNs, names) {
    task.failedExecs = added(task.failedExecs, failedExecOf(line, timeNs, names));
    // It had been told as an exec before it was made.
    if (line["raised"] === true) task.execs = task.execs.filter((exec) => exec.timeNs !== timeNs);
  },
  uid(task, line, timeNs) {
    addIds(task, timeNs, line);
  },
  gid(task, line, timeNs) {
    addIds(task, timeNs, line);
  },
  exit(task, line, timeNs, names) {
    const [code, signal] = [numberOf(line["code"]), numberOf(line["signal"])];
    const synthetic = names.text(textOf(line["synthetic"]));
    task.endNs = timeNs;
    task.exit =
      code === 0 && signal === undefined && synthetic === undefined
        ? SUCCESS
        : {
            ...(code !== undefined && { code }),
            ...(signal !== undefined && { signal }),
            coreDumped: line["coreDumped"] === true,
            ...(synthetic !== undefined && { synthetic }),
          };
    const duration = decimalOf(line["durationNs"]);
    if (task.isStartUnknown && duration !== undefined) task.startNs = timeNs - duration;
    const exec = objectOf(line["exec"]);
    if (exec && task.execs.length === 0) {
      addExec(task, { ...execOf(exec, task.startNs, names), isEarlier: true });
    }
  },
  free(task, _line, timeNs) {
    if (Number.isNaN(task.endNs)) task.endNs = timeNs;
  },
  sid(task, _line, timeNs) {
    mark(task, timeNs, "sid", "leader of a new session");
  },
  ptrace(task, line, timeNs) {
    const pid = numberOf(objectOf(line["tracer"])?.["pid"]);
    mark(task, timeNs, "ptrace", pid === undefined ? "the tracer let go" : `traced by ${pid}`);
  },
  comm(task, line, timeNs, names) {
    mark(task, timeNs, "comm", names.text(textOf(line["comm"]) ?? ""));
  },
  coredump(task, _line, timeNs) {
    mark(task, timeNs, "coredump", "dumps core");
  },
};

function begin(task: TaskRecord, line: AnyLine, timeNs: number): void {
  if (task.isStartUnknown) {
    task.isStartUnknown = false;
    task.startNs = Math.min(task.startNs, timeNs);
  }
  task.parentId ??= textOf(line["parent"]);
  if (task.ids.length === 0) addIds(task, timeNs, line["ids"]);
}

function addExec(task: TaskRecord, exec: ModelExec): void {
  task.execs = added(task.execs, exec);
}

function mark(task: TaskRecord, timeNs: number, type: string, text: string): void {
  task.marks = added(task.marks, { timeNs, type, text });
}

/** Enters ids, where they are not what they were. */
function addIds(task: TaskRecord, timeNs: number, value: unknown): void {
  const given = objectOf(value);
  if (given === undefined) return;
  const before = task.ids.at(-1);
  const now: Record<string, number> = { timeNs };
  let isNew = before === undefined;
  for (const name of ["ruid", "euid", "rgid", "egid"] as const) {
    const id = numberOf(given[name]) ?? before?.[name];
    if (id === undefined) continue;
    now[name] = id;
    if (id !== before?.[name]) isNew = true;
  }
  if (isNew) task.ids = added(task.ids, now as unknown as ModelIds);
}
