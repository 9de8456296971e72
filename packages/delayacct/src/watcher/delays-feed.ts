import type { ExitEvent, Task } from "@task-watchers/chain";
import type { Beginning } from "./seat.ts";
import type { Switched } from "./switch-watch.ts";
import type { DelaysSource, TaskDelays } from "./task-delays.ts";

/** Gives the figures of tasks at their end, wherever it has them from. */
export interface DelaysFeed {
  readonly source: DelaysSource;
  /** A task began, or was there already. */
  begin(task: Task, beginning: Beginning): void;
  /** A task ended: its figures are told, now or before the promise resolves. */
  exit(event: ExitEvent, task: Task): Promise<void> | undefined;
  free(task: Task): void;
  counters(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** What a feed tells. */
export interface FeedSink {
  settled(delays: TaskDelays): void;
  /** Delay accounting over a task's life. */
  switched(task: Task, exit: ExitEvent): Switched;
  /** Nothing will come any more. */
  failed(error: Error): void;
}
