import type { ModelTask } from "../model/trace-model.ts";
import type { TaskFamily } from "./task-order.ts";

/** Nanoseconds of a task's life in which no child of it lived: a shell that waits for a program took no time of its own. */
export function ownTimeNs({ children }: TaskFamily, task: ModelTask): number {
  let ownNs = 0;
  let reachedNs = task.startNs;
  // In order of their start.
  for (const child of children.get(task.index) ?? []) {
    if (child.startNs > reachedNs) ownNs += Math.min(child.startNs, task.endNs) - reachedNs;
    reachedNs = Math.max(reachedNs, Math.min(child.endNs, task.endNs));
  }
  return ownNs + Math.max(0, task.endNs - reachedNs);
}
