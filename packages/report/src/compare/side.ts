import { type CommandTotals, totalsBy } from "../export/command-totals.ts";
import { programNames } from "../export/task-order.ts";
import { isExecuted, lastExec } from "../model/outcome.ts";
import type { ModelTask, TraceModel } from "../model/trace-model.ts";
import { commandKey } from "./command-key.ts";

/** One trace as it is compared. */
export interface Side {
  readonly model: TraceModel;
  /** By the task's place. */
  readonly names: readonly string[];
  /** Tasks by their command line, where that is known, each in order of time. */
  readonly commands: ReadonlyMap<string, readonly ModelTask[]>;
  /** Tasks whose arguments are not known. */
  readonly nameless: number;
  readonly programs: ReadonlyMap<string, CommandTotals>;
}

export function sideOf(model: TraceModel): Side {
  const names = programNames(model);
  const ran = model.tasks
    .filter((task) => !task.existing && isExecuted(task))
    .sort((x, y) => x.startNs - y.startNs);
  const commands = new Map<string, ModelTask[]>();
  let nameless = 0;
  for (const task of ran) {
    if (lastExec(task)?.argv === undefined) {
      nameless++;
      continue;
    }
    const key = commandKey(model, task);
    const same = commands.get(key);
    if (same) same.push(task);
    else commands.set(key, [task]);
  }
  const programs = totalsBy(ran, ({ index }) => names[index] ?? "?");
  return { model, names, commands, nameless, programs };
}
