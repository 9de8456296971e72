import { type AnyLine, formatLine, type KnownLine } from "@task-watchers/trace";
import { toLine } from "../event/line.ts";
import type { ExecFacts, LostEvent, ProcEvent, TaskProcEvent } from "../event/proc-event.ts";

/** An event as a line. */
export interface EventLine {
  readonly type: TaskProcEvent["type"];
  readonly timeNs: bigint;
  /** Its newline included. */
  readonly text: string;
}

/**
 * Lines of events, each made once however many listeners get it: a source gives one object to all its subscribers, one
 * after the other.
 */
export class EventText {
  readonly #plain: Last = { event: undefined, line: undefined };
  readonly #withExec: Last = { event: undefined, line: undefined };

  of(event: TaskProcEvent, withExec: boolean): EventLine {
    const last = withExec ? this.#withExec : this.#plain;
    if (last.event === event && last.line) return last.line;
    const { type, timeNs } = event;
    const text = formatLine(withExec ? lineWithExec(event) : toLine(event));
    last.event = event;
    last.line = { type, timeNs, text };
    return last.line;
  }
}

interface Last {
  event: ProcEvent | undefined;
  line: EventLine | undefined;
}

/** The line of a loss. */
export function lossText(event: LostEvent): string {
  return formatLine(toLine(event));
}

/** The same line with its place in a session. */
export function numbered(line: string, seq: number): string {
  return `{"seq":${seq},${line.slice(1)}`;
}

/** What the task ran is on every line: a listener that filters by it keeps no table of tasks. */
function lineWithExec(event: TaskProcEvent): KnownLine | AnyLine {
  const line = toLine(event, { withExec: true });
  if (event.exec === undefined || event.type === "exec" || "exec" in line) return line;
  return { ...line, exec: program(event.exec) };
}

function program({ exe, argv }: ExecFacts): Record<string, unknown> {
  return {
    ...(typeof exe === "string" && { exe }),
    ...(Array.isArray(argv) && { argv }),
  };
}
