import type { ModelExec, ModelTask } from "./trace-model.ts";

/** Whether a task is known to have ended other than by exit code 0. */
export function hasFailed({ exit }: Pick<ModelTask, "exit">): boolean {
  return exit?.signal !== undefined || (exit?.code !== undefined && exit.code !== 0);
}

/** What it ran last; undefined when it ran what its parent ran. */
export function lastExec(task: Pick<ModelTask, "execs">): ModelExec | undefined {
  return task.execs.at(-1);
}

/** Whether it ran a program of its own. */
export function isExecuted(task: Pick<ModelTask, "execs">): boolean {
  return task.execs.length > 0;
}
