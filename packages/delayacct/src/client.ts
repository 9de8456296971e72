/** Taskstats: the kernel's figures of a task, on request or at its exit. Importing opens nothing. @module */
export { openTaskstats, type TaskstatsClient } from "./taskstats/client.ts";
export { listenToExits } from "./taskstats/exits.ts";
export type {
  ExitCounters,
  ExitListener,
  ExitListenerOptions,
  ExitLoss,
  ExitRecord,
} from "./taskstats/exit-record.ts";
export { parseCpuList } from "./taskstats/cpu-list.ts";
export { decodeTaskStats } from "./taskstats/decode-stats.ts";
export type { Delay, Delays, TaskStats } from "./taskstats/task-stats.ts";
export { TaskstatsUnavailableError } from "./taskstats/unavailable.ts";
