import { spawn } from "node:child_process";
import {
  type ModuleStatus,
  type SummaryTable,
  TaskWatchers,
  type TraceLine,
} from "@task-watchers/chain";
import { watchTasks } from "@task-watchers/tasks";
import { createDelayacct } from "./delayacct.ts";
import type { DelayacctOptions } from "./options.ts";
import type { TaskDelays } from "./task-delays.ts";

/** What became of a command. */
export interface Watched {
  /** Every task, in the order in which they were settled. */
  readonly delays: readonly TaskDelays[];
  /** The command's own. */
  readonly own: TaskDelays;
  readonly lines: readonly TraceLine[];
  readonly status: ModuleStatus;
  readonly summary: readonly SummaryTable[];
  readonly errors: readonly string[];
}

/** Runs a command under a watch of its descent, with the module. */
export async function runWatched(
  command: readonly string[],
  options: DelayacctOptions & { readonly threads?: boolean } = {},
): Promise<Watched> {
  const { threads = false, ...moduleOptions } = options;
  const errors: string[] = [];
  const watchers = new TaskWatchers({ onError: (error) => void errors.push(error.message) });
  const module = createDelayacct(moduleOptions);
  watchers.load(module);
  const [delays, lines]: [TaskDelays[], TraceLine[]] = [[], []];
  module.listen((one) => void delays.push(one));
  await using watch = await watchTasks({
    watchers,
    threads,
    onLine: (line) => void lines.push(line),
  });
  const [file = "", ...args] = command;
  const child = spawn(file, args, { stdio: ["ignore", "ignore", "inherit"] });
  const pid = child.pid ?? 0;
  watch.follow(pid);
  await watch.whenIdle();
  const status = module.status();
  await watch.close();
  const own = delays.find(({ task }) => task.pid === pid && task.tgid === pid);
  if (own === undefined) throw new Error(`nothing was told of process ${pid}: ${errors.join()}`);
  return { delays, own, lines, status, summary: module.summary(), errors };
}
