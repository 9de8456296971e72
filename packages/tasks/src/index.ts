/** Every task of a Linux host or command, as notifications on the task watchers chain. @module */
export type { ConnectorCounters } from "./connector/connector.ts";
export type { MissedFacts, StartedWith } from "./table/exec-facts.ts";
export type { Loss } from "./connector/loss.ts";
export { SourceUnavailableError } from "./connector/source-error.ts";
export type { TableCounters } from "./table/task-table.ts";
export type { TaskWatch } from "./watch/task-watch.ts";
export type { WatchCounters } from "./watch/watch-counters.ts";
export type { WatchOptions } from "./watch/watch-options.ts";
export { watchTasks } from "./watch/watch-tasks.ts";
export { watchInBackground } from "./watch/watch-in-background.ts";
