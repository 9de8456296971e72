import type { WatchCounters } from "@task-watchers/tasks";
import { count, describeEnd, formatDuration } from "./format.ts";
import { elapsedOf, failedExecOf } from "./print-tree.ts";
import type { Style } from "./style.ts";
import { hasFailed, type TaskNode, type TaskTree } from "./task-tree.ts";
import { lossLine } from "./print-losses.ts";
import { fit } from "./terminal-text.ts";

/** What the summary is about. */
export interface SummaryOptions {
  readonly style: Style;
  readonly columns: number;
  readonly elapsedNs: bigint;
  /** Trace lines not written because their reader was too slow or gone. */
  readonly traceLinesDropped: number;
  readonly watcherErrors: number;
}

/** Failed and slow tasks shown. */
const FAILED_SHOWN = 10;
const SLOW_SHOWN = 5;
const INDENT = "  ";

/** Totals, what failed, what was slow, and everything that was lost or missed. */
export function summaryLines(
  tree: TaskTree,
  counters: WatchCounters,
  options: SummaryOptions,
): string[] {
  const { style } = options;
  // Fitted before it is styled: a cut must not lose the end of a colour.
  const columns = options.columns - INDENT.length;
  const nodes = [...tree.all()];
  const failed = nodes.filter((node) => node.end && hasFailed(node.end));
  const head = [
    count(tree.seen, "task"),
    `${tree.failed} failed`,
    ...(tree.alive > 0 ? [`${tree.alive} still alive`] : []),
    `at most ${tree.peak} at once`,
    `in ${formatDuration(options.elapsedNs)}`,
  ].join(", ");
  return [
    style.bold(head),
    ...section("failed", failed, FAILED_SHOWN, options, (node) =>
      style.red(fit(failedLine(node), columns)),
    ),
    ...section("slowest", slowest(nodes), SLOW_SHOWN, options, (node) =>
      fit(slowLine(node), columns),
    ),
    lossLine(counters, { ...options, notShown: tree.notKept, audited: tree.auditedOnly }),
  ];
}

function section(
  title: string,
  nodes: readonly TaskNode[],
  shown: number,
  { style }: SummaryOptions,
  line: (node: TaskNode) => string,
): string[] {
  if (nodes.length === 0) return [];
  const more = nodes.length - shown;
  return [
    style.dim(`${title}:`),
    ...nodes.slice(0, shown).map((node) => `${INDENT}${line(node)}`),
    ...(more > 0 && title === "failed" ? [style.dim(`${INDENT}… ${more} more`)] : []),
  ];
}

function failedLine(node: TaskNode): string {
  const end = node.end ? describeEnd(node.end) : "";
  const where = node.cwd === undefined ? "" : `  (in ${node.cwd})`;
  return `${String(node.pid).padStart(6)}  ${end.padEnd(8)}  ${node.command}${failedExecOf(node)}${where}`;
}

/** The longest, but for the roots, which last as long as everything. */
function slowest(nodes: readonly TaskNode[]): TaskNode[] {
  return nodes
    .filter((node) => node.depth > 0 && elapsedOf(node) !== undefined)
    .sort((a, b) => Number((elapsedOf(b) ?? 0n) - (elapsedOf(a) ?? 0n)));
}

function slowLine(node: TaskNode): string {
  return `${String(node.pid).padStart(6)}  ${formatDuration(elapsedOf(node) ?? 0n).padStart(8)}  ${node.command}`;
}
