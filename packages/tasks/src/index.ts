/** Every task of a Linux host or command, as notifications on the task watchers chain. @module */
export type { ConnectorCounters } from "./connector/connector.ts";
export {
  LIFE_EVENTS,
  PROC_EVENT_COMM,
  PROC_EVENT_COREDUMP,
  PROC_EVENT_EXEC,
  PROC_EVENT_EXIT,
  PROC_EVENT_FORK,
  PROC_EVENT_GID,
  PROC_EVENT_PTRACE,
  PROC_EVENT_SID,
  PROC_EVENT_UID,
} from "./connector/cn-proc.ts";
export type { ProcEventListener } from "./connector/event-queue.ts";
export type {
  EventSink,
  EventSource,
  OpenEventSource,
  SourceCounters,
} from "./source/event-source.ts";
export type { ExecFacts, MissedFacts, SourceFacts, StartedWith } from "./table/exec-facts.ts";
export type { Loss } from "./connector/loss.ts";
export { SourceUnavailableError } from "./connector/source-error.ts";
export type { StoppedExec, StoppedExecHints, StoppedExecResult } from "./stopped/stopped-exec.ts";
export type { StoppedCounters, StoppedExecs } from "./stopped/stopped-execs.ts";
export type { ExecCounters } from "./table/exec-counts.ts";
export type { TableCounters } from "./table/raiser.ts";
export type { TaskWatch } from "./watch/task-watch.ts";
export type { WatchCounters } from "./watch/watch-counters.ts";
export type { WatchOptions } from "./watch/watch-options.ts";
export { watchTasks } from "./watch/watch-tasks.ts";
export { watchInBackground } from "./watch/watch-in-background.ts";
