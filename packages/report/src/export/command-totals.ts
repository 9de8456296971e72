import { hasFailed } from "../model/outcome.ts";
import type { DelayFigureName, ModelTask } from "../model/trace-model.ts";

/** One command, over all tasks that ran it. Nanoseconds; a sum is absent when no task had the figure. */
export interface CommandTotals {
  readonly count: number;
  readonly failed: number;
  /** Sum of the lives of its tasks. */
  readonly wallNs: number;
  readonly maxNs: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly onCpuNs?: number;
  readonly waitCpuNs?: number;
  readonly blkioNs?: number;
}

/** Adds up tasks by a key; keys come in the order of their first task. */
export function totalsBy(
  tasks: Iterable<ModelTask>,
  keyOf: (task: ModelTask) => string,
): Map<string, CommandTotals> {
  const groups = new Map<string, ModelTask[]>();
  for (const task of tasks) {
    const key = keyOf(task);
    const group = groups.get(key);
    if (group) group.push(task);
    else groups.set(key, [task]);
  }
  return new Map([...groups].map(([key, group]) => [key, totalsOf(group)]));
}

export function totalsOf(tasks: readonly ModelTask[]): CommandTotals {
  const lives = Float64Array.from(tasks, ({ startNs, endNs }) => endNs - startNs).sort();
  return {
    count: tasks.length,
    failed: tasks.filter(hasFailed).length,
    wallNs: lives.reduce((sum, ns) => sum + ns, 0),
    maxNs: lives.at(-1) ?? 0,
    p50Ns: percentile(lives, 0.5),
    p95Ns: percentile(lives, 0.95),
    ...sum(tasks, "onCpuNs"),
    ...sum(tasks, "waitCpuNs"),
    ...sum(tasks, "blkioNs"),
  };
}

/** Nearest rank, of sorted values. */
function percentile(sorted: Float64Array, part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}

function sum<const Name extends DelayFigureName>(
  tasks: readonly ModelTask[],
  name: Name,
): { readonly [K in Name]?: number } {
  let total: number | undefined;
  for (const { delays } of tasks) {
    const value = delays?.figures[name];
    if (value !== undefined) total = (total ?? 0) + value;
  }
  return (total === undefined ? {} : { [name]: total }) as { readonly [K in Name]?: number };
}
