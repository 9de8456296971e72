import { isMissing } from "@task-watchers/chain";
import type { KnownLine, TaskLine } from "@task-watchers/trace";
import type { ExecFacts, ProcEvent, ProcEventBase } from "./proc-event.ts";

export { fromLine } from "./from-line.ts";

/** How events are written down. */
export interface LineOptions {
  /**
   * Puts what the task ran (its path and arguments, as far as they are known) on the lines of exits and of tasks that
   * were there before, for a reader who gets no `exec` lines (default false).
   */
  readonly withExec?: boolean;
}

/**
 * The trace line of an event: `fork` becomes `clone`, or `init` for a task that was there before; the others keep their
 * names. `fromLine` gives the event back, but for `exec` where the line does not carry it.
 */
export function toLine(event: ProcEvent, options: LineOptions = {}): KnownLine {
  if (event.type === "lost") {
    const { type, timeNs, reason, count, sinceNs, untilNs } = event;
    const times = { sinceNs: String(sinceNs), untilNs: String(untilNs) };
    return { type, timeNs: String(timeNs), reason, count, ...times };
  }
  const base = baseOf(event);
  switch (event.type) {
    case "fork": {
      const origin = {
        ...(event.parent !== undefined && { parent: event.parent }),
        ...(event.ids && { ids: event.ids }),
      };
      if (!event.existing) return { type: "clone", ...base, ...origin };
      return { type: "init", ...base, existing: true, ...origin, ...program(event, options) };
    }
    case "exec":
      return {
        type: "exec",
        ...base,
        ...factFields(event.exec),
        ...(event.ids && { ids: event.ids }),
      };
    case "uid":
      return { type: "uid", ...base, ruid: event.ruid, euid: event.euid };
    case "gid":
      return { type: "gid", ...base, rgid: event.rgid, egid: event.egid };
    case "sid":
    case "coredump":
      return { type: event.type, ...base };
    case "ptrace":
      return { type: "ptrace", ...base, ...(event.tracer && { tracer: event.tracer }) };
    case "comm":
      return { type: "comm", ...base, comm: event.comm };
    case "exit":
      return {
        type: "exit",
        ...base,
        ...(event.code !== undefined && { code: event.code }),
        ...(event.signal !== undefined && { signal: event.signal }),
        ...(event.coreDumped && { coreDumped: event.coreDumped }),
        ...(event.durationNs !== undefined && { durationNs: String(event.durationNs) }),
        ...(event.status && { missing: { status: event.status.missing } }),
        ...program(event, options),
      };
  }
}

function baseOf({ timeNs, task, pid, tgid, ppid, synthetic }: ProcEventBase): TaskLine {
  return { timeNs: String(timeNs), task, pid, tgid, ppid, ...(synthetic && { synthetic }) };
}

function program(
  { exec }: ProcEventBase,
  { withExec = false }: LineOptions,
): { readonly exec?: { readonly exe?: string; readonly argv?: readonly string[] } } {
  if (!withExec || exec === undefined) return {};
  const { exe, argv } = exec;
  return { exec: { ...(!isMissing(exe) && { exe }), ...(!isMissing(argv) && { argv }) } };
}

type FactFields = Omit<Extract<KnownLine, { type: "exec" }>, keyof TaskLine | "type" | "ids">;

/** The facts that are there, and why the others are not. */
function factFields({ exe, argv, argvTruncatedBytes, cwd, cgroup }: ExecFacts): FactFields {
  const fields: { -readonly [name in keyof FactFields]: FactFields[name] } = {};
  const missing: Record<string, string> = {};
  if (isMissing(exe)) missing["exe"] = exe.missing;
  else fields.exe = exe;
  if (isMissing(argv)) missing["argv"] = argv.missing;
  else fields.argv = argv;
  if (isMissing(cwd)) missing["cwd"] = cwd.missing;
  else fields.cwd = cwd;
  if (isMissing(cgroup)) missing["cgroup"] = cgroup.missing;
  else fields.cgroup = cgroup;
  if (argvTruncatedBytes !== undefined) fields.argvTruncatedBytes = argvTruncatedBytes;
  if (Object.keys(missing).length > 0) fields.missing = missing;
  return fields;
}
