import type { WatchCounters } from "@task-watchers/tasks";
import { moduleLines } from "./print-modules.ts";
import { type SummaryOptions, summaryLines } from "./print-summary.ts";
import { type TreeOptions, treeLines } from "./print-tree.ts";
import type { TaskTree } from "./task-tree.ts";

/** How a run is shown at its end. */
export interface ReportOptions extends TreeOptions, SummaryOptions {}

/** What is shown of a run when it is over: the tree, what the watchers say, the totals. */
export function reportLines(
  tree: TaskTree,
  counters: WatchCounters,
  options: ReportOptions,
): string[] {
  const { style, columns, maxTasks } = options;
  return [
    "",
    ...treeLines(tree.roots, { style, columns, maxTasks }),
    "",
    ...moduleLines(style, columns),
    ...summaryLines(tree, counters, options),
  ];
}
