import type { AnyLine } from "@task-watchers/trace";
import { fromLine } from "../event/line.ts";
import type { ExecFacts, ProcEvent } from "../event/proc-event.ts";

/** Types of lines that are events; a listener passes over those it does not know. */
const EVENT_LINES = new Set([
  "clone",
  "init",
  "exec",
  "uid",
  "gid",
  "sid",
  "ptrace",
  "comm",
  "coredump",
  "exit",
  "lost",
]);

/** Whether a line must be an event. */
export function isEventLine({ type }: AnyLine): boolean {
  return EVENT_LINES.has(type);
}

/** The event of a relay's line, with what the task ran where the relay sent it; undefined when it is malformed. */
export function readEvent(line: AnyLine): ProcEvent | undefined {
  const event = fromLine(line);
  if (event === undefined || event.type === "lost" || event.exec) return event;
  const exec = programOf(line);
  return exec ? { ...event, exec } : event;
}

function programOf(line: AnyLine): ExecFacts | undefined {
  const { exec, timeNs, task, pid, tgid, ppid } = line;
  if (typeof exec !== "object" || exec === null) return undefined;
  const event = fromLine({ ...exec, type: "exec", timeNs, task, pid, tgid, ppid });
  return event?.type === "exec" ? event.exec : undefined;
}
