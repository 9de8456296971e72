import { type SpawnOptions, spawn } from "node:child_process";
import {
  type ModuleStatus,
  type SummaryTable,
  TaskWatchers,
  type TraceLine,
} from "@task-watchers/chain";
import { watchTasks } from "@task-watchers/tasks";
import { createAudit } from "./audit.ts";
import type { AuditOptions } from "./options.ts";
import type { TaskAudit } from "./task-audit.ts";

/** What became of a command. */
export interface Audited {
  /** Every process, in the order in which they were settled. */
  readonly tasks: readonly TaskAudit[];
  /** The command's own. */
  readonly own: TaskAudit;
  readonly lines: readonly TraceLine[];
  readonly status: ModuleStatus;
  readonly summary: readonly SummaryTable[];
  /** Events of the kernel that the watch itself lost. */
  readonly lost: number;
  readonly errors: readonly string[];
}

/** Runs a command under a watch of its descent, with the module. */
export async function runAudited(
  command: readonly string[],
  options: AuditOptions = {},
  spawnOptions: SpawnOptions = {},
): Promise<Audited> {
  const errors: string[] = [];
  const watchers = new TaskWatchers({ onError: (error) => void errors.push(error.message) });
  const module = createAudit({ enable: true, ...options });
  watchers.load(module);
  const [tasks, lines]: [TaskAudit[], TraceLine[]] = [[], []];
  module.listen((one) => void tasks.push(one));
  await using watch = await watchTasks({ watchers, onLine: (line) => void lines.push(line) });
  const [listing] = watchers.list();
  if (listing?.error !== undefined) throw new Error(listing.error);
  const [file = "", ...args] = command;
  const child = spawn(file, args, { stdio: ["ignore", "ignore", "inherit"], ...spawnOptions });
  const pid = child.pid ?? 0;
  watch.follow(pid);
  await watch.whenIdle();
  const lost = watch.counters().connector?.lost ?? 0;
  await watch.close();
  const own = tasks.find(({ task }) => task.pid === pid);
  if (own === undefined) throw new Error(`nothing was told of process ${pid}: ${errors.join()}`);
  const [status, summary] = [module.status(), module.summary()];
  return { tasks, own, lines, status, summary, lost, errors };
}
