import { programName } from "../model/command.ts";
import type { ModelTask, TraceModel } from "../model/trace-model.ts";

/** Children of each task by its place, in order of their start; those without a parent in the trace apart. */
export interface TaskFamily {
  readonly roots: readonly ModelTask[];
  readonly children: ReadonlyMap<number, readonly ModelTask[]>;
}

export function familyOf({ tasks }: Pick<TraceModel, "tasks">): TaskFamily {
  const roots: ModelTask[] = [];
  const children = new Map<number, ModelTask[]>();
  for (const task of [...tasks].sort((a, b) => a.startNs - b.startNs || a.index - b.index)) {
    const parent = tasks[task.parent];
    if (parent === undefined) roots.push(task);
    else {
      const siblings = children.get(parent.index);
      if (siblings) siblings.push(task);
      else children.set(parent.index, [task]);
    }
  }
  return { roots, children };
}

/** Every task with its depth, parents first. */
export function* inTreeOrder({
  roots,
  children,
}: TaskFamily): Generator<{ readonly task: ModelTask; readonly depth: number }> {
  const stack = roots.toReversed().map((task) => ({ task, depth: 0 }));
  for (let here = stack.pop(); here !== undefined; here = stack.pop()) {
    yield here;
    const below = children.get(here.task.index) ?? [];
    for (let i = below.length - 1; i >= 0; i--) {
      const task = below[i];
      if (task) stack.push({ task, depth: here.depth + 1 });
    }
  }
}

/** The program's name of each task, by its place; looked up once each. */
export function programNames(model: Pick<TraceModel, "tasks">): readonly string[] {
  return model.tasks.map((task) => programName(model, task));
}
