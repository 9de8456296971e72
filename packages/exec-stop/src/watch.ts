/** Commands under a watch of @task-watchers/tasks whose watchers hear of each exec before it is made, and may refuse it. @module */
export {
  type PreparedExecStop,
  prepareExecStop,
  type StopExecsOptions,
  stopExecs,
} from "./watch/stop-execs.ts";
export type { ExecStopWatch, WatchedExecHints } from "./watch/exec-stop-watch.ts";
