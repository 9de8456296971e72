import type { ExecEvent, TaskIds, TaskNotice } from "@task-watchers/chain";
import type { BootTime } from "./boot-time.ts";
import type { Delivery } from "./delivery.ts";
import type { ExecFactsReader } from "./exec-facts.ts";
import type { Scope } from "./scope.ts";
import type { TrackedTask } from "./tracked-task.ts";

/** What the table is made of. */
export interface TaskTableParts {
  readonly scope: Scope;
  readonly delivery: Delivery;
  readonly facts: ExecFactsReader;
  readonly boot: BootTime;
  /** Raise threads as tasks of their own. */
  readonly threads: boolean;
  /** Ids of a task whose parent is not in the table. */
  readonly idsOf: (pid: number) => TaskIds | undefined;
  /** Announces a task that was there before. */
  readonly existing: (task: TrackedTask) => void;
  /** Execs that are stopped before they are made; absent when none ever is. */
  readonly stopped?: StoppedSink;
  /** Who wants notices; absent when nobody ever does. */
  readonly notices?: NoticeSink;
}

/** What is to be known of execs that were raised before they were made. */
export interface StoppedSink {
  /** An exec has been made. Returns its event when it was one of these: raised before, or yet to be raised. */
  confirm(task: TrackedTask, timeNs: bigint): { event: ExecEvent; isRaised: boolean } | undefined;
  /** The task is about to be told ended. */
  ended(task: TrackedTask): void;
}

/** Where notices go. */
export interface NoticeSink {
  /** Kernel events that somebody wants, as a mask. */
  readonly mask: number;
  notice(notice: TaskNotice, task: TrackedTask): void;
}
