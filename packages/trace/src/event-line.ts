import type { ExecEvent, Missing, Task, TaskEvent } from "@task-watchers/chain";
import type { KnownLine, TaskLine } from "./schema.ts";

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

type ExecFields = Omit<Extract<KnownLine, { type: "exec" }>, keyof TaskLine | "type">;

function execFacts(event: ExecEvent): ExecFields {
  const missing: Record<string, string> = {};
  const fact = <T>(name: string, value: T | Missing): T | undefined => {
    if (!isMissing(value)) return value;
    missing[name] = value.missing;
    return undefined;
  };
  const exe = fact("exe", event.exe);
  const argv = fact("argv", event.argv);
  const cwd = fact("cwd", event.cwd);
  const cgroup = fact("cgroup", event.cgroup);
  return {
    ...(exe !== undefined && { exe }),
    ...(argv !== undefined && { argv }),
    ...(event.argvTruncatedBytes !== undefined && { argvTruncatedBytes: event.argvTruncatedBytes }),
    ...(cwd !== undefined && { cwd }),
    ...(cgroup !== undefined && { cgroup }),
    ...(Object.keys(missing).length > 0 && { missing }),
  };
}

function isMissing(value: unknown): value is Missing {
  return typeof value === "object" && value !== null && "missing" in value;
}
