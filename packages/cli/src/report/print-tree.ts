import { describeEnd, formatDuration, grouped } from "./format.ts";
import type { Style } from "./style.ts";
import { hasFailed, type TaskNode } from "./task-tree.ts";
import { fit } from "./terminal-text.ts";

/** How much of the tree is shown. */
export interface TreeOptions {
  readonly style: Style;
  /** Columns a line may take. */
  readonly columns: number;
  /** Lines at most; 0 for all. */
  readonly maxTasks: number;
}

/** Siblings alike in command and end are one line when there are more than these. */
const ALIKE = 4;

/** The tree as lines: pid, duration, end, and the command indented below its parent. */
export function treeLines(roots: readonly TaskNode[], options: TreeOptions): string[] {
  const lines = [options.style.dim(columns("pid", "elapsed", "exit", "command"))];
  let left = 0;
  const stack: Row[] = rowsOf(roots, "").toReversed();
  for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
    if (options.maxTasks > 0 && lines.length > options.maxTasks) {
      left += row.alike.length;
    } else {
      lines.push(lineOf(row, options));
    }
    const [first] = row.alike;
    if (first) stack.push(...rowsOf(first.children, row.below).toReversed());
  }
  if (left > 0) {
    lines.push(options.style.dim(`… ${grouped(left)} more (--max-tasks 0 shows all)`));
  }
  return lines;
}

interface Row {
  /** Branches in front of the command. */
  readonly branch: string;
  /** What children put in front of theirs. */
  readonly below: string;
  /** The task, or several that are alike. */
  readonly alike: readonly TaskNode[];
}

function rowsOf(siblings: readonly TaskNode[], indent: string): Row[] {
  const isRoot = siblings.every((node) => node.depth === 0);
  const groups = groupAlike(siblings);
  return groups.map((alike, i) => {
    const last = i === groups.length - 1;
    const branch = isRoot ? "" : indent + (last ? "└─ " : "├─ ");
    const below = isRoot ? "" : indent + (last ? "   " : "│  ");
    return { branch, below, alike };
  });
}

function groupAlike(siblings: readonly TaskNode[]): TaskNode[][] {
  const groups = new Map<string, TaskNode[]>();
  for (const node of siblings) {
    const end = node.end ? describeEnd(node.end) : "";
    const key =
      node.children.length > 0
        ? `#${node.pid} ${node.startNs}`
        : `${end} ${node.command} ${node.failedExec ?? ""}`;
    const group = groups.get(key);
    if (group) group.push(node);
    else groups.set(key, [node]);
  }
  return [...groups.values()]
    .flatMap((group) => (group.length > ALIKE ? [group] : group.map((node) => [node])))
    .sort(([a], [b]) => (a && b ? order(a, b) : 0));
}

function order(a: TaskNode, b: TaskNode): number {
  return Number(a.startNs - b.startNs) || a.pid - b.pid;
}

function lineOf(row: Row, { style, columns: width }: TreeOptions): string {
  const [node] = row.alike;
  if (node === undefined) return "";
  const several = row.alike.length > 1;
  const pid = several ? `×${row.alike.length}` : String(node.pid);
  const end = node.end ? describeEnd(node.end) : "alive";
  const elapsed = several ? median(row.alike) : elapsedOf(node);
  const fixed = columns(pid, elapsed === undefined ? "" : formatDuration(elapsed), end, "");
  const user = node.euid === undefined || node.depth === 0 ? "" : `[uid ${node.euid}] `;
  const told = `${row.branch}${user}${node.command}${failedExecOf(node)}`;
  const command = fit(told, Math.max(20, width - fixed.length));
  const text = fixed + command;
  return node.end && hasFailed(node.end) ? style.red(text) : text;
}

/** The exec that a task wanted and did not get. */
export function failedExecOf({ failedExec }: TaskNode): string {
  return failedExec === undefined ? "" : ` [exec of ${failedExec}]`;
}

function columns(pid: string, elapsed: string, end: string, command: string): string {
  return `${pid.padStart(8)}  ${elapsed.padStart(11)}  ${end.padEnd(8)}  ${command}`;
}

/** Nanoseconds a task took; absent while it is alive or when its start is not known. */
export function elapsedOf(node: TaskNode): bigint | undefined {
  return node.end?.durationNs;
}

function median(nodes: readonly TaskNode[]): bigint | undefined {
  const all = nodes.map(elapsedOf).filter((ns) => ns !== undefined);
  return all.sort((a, b) => Number(a - b))[all.length >> 1];
}
