import type { TraceLine } from "@task-watchers/chain";
import type { UndoReport } from "./undo-report.ts";

/** Type of the trace line. */
export const UNDO_LINE = "semundo.undo";

/** The trace line of what went back. The task is named as its other lines name it; workers and scopes are none. */
export function toUndoLine(report: UndoReport): TraceLine {
  const { timeNs, holder, process, set, semaphore, adjust, dropped, reason, failed } = report;
  return {
    type: UNDO_LINE,
    timeNs: String(timeNs),
    holder,
    ...(process && { task: `${process.pid}.${process.startTicks}`, pid: process.pid }),
    set,
    semaphore,
    adjust,
    ...(dropped > 0 && { dropped }),
    reason,
    ...(failed !== undefined && { failed }),
  };
}
