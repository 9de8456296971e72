import { completeFromAudit } from "./audited-execs.ts";
import { timeSince } from "./line-fields.ts";
import type { ModelBuilder } from "./model-builder.ts";
import type { TaskRecord } from "./task-record.ts";

/** Gives every task its parent, its end and what other lines know of its execs, once all lines are read. */
export function finishTasks(builder: ModelBuilder): { endNs: number; oddEnds: number } {
  const { tasks } = builder;
  const endNs = endOf(builder);
  let oddEnds = 0;
  for (const task of tasks) {
    completeFromAudit(task, builder.originNs ?? 0n);
    if (Number.isNaN(task.endNs)) task.endNs = Math.max(endNs, task.startNs);
    if (task.endNs < task.startNs) {
      task.endNs = task.startNs;
      oddEnds++;
    }
  }
  setParents(builder);
  return { endNs, oddEnds };
}

function endOf({ summary, originNs, lastNs, losses }: ModelBuilder): number {
  const told = timeSince(originNs ?? 0n, summary?.timeNs);
  const lost = losses.reduce((latest, { untilNs }) => Math.max(latest, untilNs), 0);
  return Math.max(told ?? 0, lastNs, lost);
}

/** By the parent's id where the trace has it, else by its process id at the time. */
function setParents(builder: ModelBuilder): void {
  const { tasks } = builder;
  const leaders = new Map<number, TaskRecord[]>();
  for (const task of tasks) {
    if (task.pid !== task.tgid) continue;
    const same = leaders.get(task.pid);
    if (same) same.push(task);
    else leaders.set(task.pid, [task]);
  }
  const living = (tgid: number, task: TaskRecord): TaskRecord | undefined =>
    leaders
      .get(tgid)
      ?.findLast(
        (leader) => leader !== task && (leader.isStartUnknown || leader.startNs <= task.startNs),
      );
  for (const task of tasks) {
    const isThread = task.pid !== task.tgid;
    const named = task.parentId === undefined ? undefined : builder.taskOf(task.parentId);
    const parent =
      (isThread ? living(task.tgid, task) : undefined) ?? named ?? living(task.ppid, task);
    if (parent && parent !== task) task.parent = parent.index;
  }
  breakCircles(tasks);
}

/** A file can say that two tasks are each other's parent. */
function breakCircles(tasks: readonly TaskRecord[]): void {
  const seen = new Int32Array(tasks.length).fill(-1);
  for (const task of tasks) {
    let here: TaskRecord | undefined = task;
    while (here && seen[here.index] === -1) {
      seen[here.index] = task.index;
      const next: TaskRecord | undefined = tasks[here.parent];
      if (next && seen[next.index] === task.index) here.parent = -1;
      here = next;
    }
  }
}
