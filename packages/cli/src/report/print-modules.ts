import { taskWatchers } from "@task-watchers/chain";
import { tableLines } from "./print-table.ts";
import type { Style } from "./style.ts";

/** What the loaded watchers found out, each table with an empty line after it. */
export function moduleLines(style: Style, columns: number): string[] {
  return taskWatchers
    .summaries()
    .flatMap(({ tables }) => tables.flatMap((table) => [...tableLines(table, style, columns), ""]));
}
