import {
  type ExecEvent,
  type ExecFailedNotice,
  isMissing,
  type Task,
  type TaskEvent,
} from "@task-watchers/chain";
import type { ExecFailedLine, KnownLine, TaskLine } from "./schema.ts";

/** The trace line of a task event. */
export function eventLine(event: TaskEvent, task: Task): KnownLine {
  const base = {
    timeNs: String(event.timeNs),
    task: task.id,
    pid: task.pid,
    tgid: task.tgid,
    ppid: task.ppid,
    ...(event.synthetic && { synthetic: event.synthetic }),
  };
  switch (event.type) {
    case "init":
      return {
        type: "init",
        ...base,
        ...(event.existing && { existing: event.existing }),
        ...(task.parent && { parent: task.parent.id }),
        ...(task.ids && { ids: task.ids }),
      };
    case "exec":
      return { type: "exec", ...base, ...execFacts(event), ...(task.ids && { ids: task.ids }) };
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
        ...(event.durationNs !== undefined && { durationNs: String(event.durationNs) }),
        ...(event.status && { missing: { status: event.status.missing } }),
      };
    case "clone":
    case "free":
      return { type: event.type, ...base };
  }
}

/** The trace line of an exec that did not happen. */
export function execFailedLine(notice: ExecFailedNotice, task: Task): ExecFailedLine {
  const { path, argv, code, refused, certain, raised } = notice;
  const missing = {
    ...(isMissing(path) && { path: path.missing }),
    ...(isMissing(argv) && { argv: argv.missing }),
  };
  return {
    type: "exec-failed",
    timeNs: String(notice.timeNs),
    task: task.id,
    pid: task.pid,
    tgid: task.tgid,
    ppid: task.ppid,
    ...(notice.pid !== task.pid && { thread: notice.pid }),
    ...(!isMissing(path) && { path }),
    ...(!isMissing(argv) && { argv }),
    ...(code !== undefined && { code }),
    ...(refused && { refused }),
    certain,
    ...(raised && { raised }),
    ...(Object.keys(missing).length > 0 && { missing }),
  };
}

type ExecFields = Omit<Extract<KnownLine, { type: "exec" }>, keyof TaskLine | "type">;

function execFacts(event: ExecEvent): ExecFields {
  const { source, stopped, exe, argv, argvTruncatedBytes, cwd, cgroup } = event;
  // One after the other: a literal that begins with a spread makes V8 invent a class for each line.
  const fields: { -readonly [name in keyof ExecFields]: ExecFields[name] } = {};
  let missing: Record<string, string> | undefined;
  if (source) fields.source = source;
  if (stopped) fields.stopped = stopped;
  if (!isMissing(exe)) fields.exe = exe;
  else (missing ??= {})["exe"] = exe.missing;
  if (!isMissing(argv)) fields.argv = argv;
  else (missing ??= {})["argv"] = argv.missing;
  if (argvTruncatedBytes !== undefined) fields.argvTruncatedBytes = argvTruncatedBytes;
  if (!isMissing(cwd)) fields.cwd = cwd;
  else (missing ??= {})["cwd"] = cwd.missing;
  if (!isMissing(cgroup)) fields.cgroup = cgroup;
  else (missing ??= {})["cgroup"] = cgroup.missing;
  if (missing) fields.missing = missing;
  return fields;
}
