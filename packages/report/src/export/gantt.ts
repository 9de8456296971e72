import { hasFailed } from "../model/outcome.ts";
import type { ModelTask } from "../model/trace-model.ts";
import { cut } from "./visible-text.ts";

/** Characters of a name: mermaid does not wrap. */
const NAME_CHARACTERS = 48;
const MINUTE_NS = 60e9;

/** One bar. */
export interface GanttBar {
  readonly task: ModelTask;
  /** Text of another process. */
  readonly name: string;
}

/**
 * A mermaid Gantt chart in a fenced block, seconds since the start of the trace; failed tasks stand out. Of a name only
 * letters, digits and a few signs are left: mermaid has no quotes, and takes `:`, `;`, `#` and `%` for its own.
 */
export function gantt(bars: readonly GanttBar[]): string {
  const lines = bars.map(({ task, name }) => {
    const state = hasFailed(task) ? "crit" : task.exit === undefined ? "active" : "done";
    const start = Math.max(0, Math.round(task.startNs / 1e6));
    const end = Math.max(start + 1, Math.round(task.endNs / 1e6));
    // The pid comes first: a line that began with a word of mermaid's would be a statement.
    return `    ${task.pid} ${ganttName(name)} :${state}, ${start}, ${end}`;
  });
  const endNs = Math.max(0, ...bars.map(({ task }) => task.endNs));
  // Times are milliseconds of the epoch: of them only these are the same in every time zone.
  const axis = endNs < MINUTE_NS ? "%S.%L s" : "%s s";
  const head = ["gantt", "    dateFormat x", `    axisFormat ${axis}`, "    section Slowest"];
  return ["```mermaid", ...head, ...lines, "```"].join("\n");
}

function ganttName(name: string): string {
  return cut(name.replace(/[^\p{L}\p{N} ._/+-]+/gu, "_"), NAME_CHARACTERS).trim();
}
