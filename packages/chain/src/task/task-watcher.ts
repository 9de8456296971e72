import { type SleepingAnswer, checkPriority } from "../notifier/notifier-block.ts";
import type { Task } from "./task.ts";
import {
  type CloneEvent,
  type ExecEvent,
  type ExitEvent,
  type FreeEvent,
  type GidEvent,
  type InitEvent,
  TASK_EVENTS,
  type TaskEvent,
  type TaskEventName,
  type UidEvent,
} from "./task-event.ts";

/**
 * Who wants to hear of tasks, and of which events: only the ops that are there are called, with
 * `this` being the watcher. Name, priority and ops are read at registration.
 *
 * An op may return a promise; the task's next event then waits for it. It may answer with the codes
 * of a notifier; NOTIFY_STOP keeps the event from later watchers and from the task's own. What it
 * throws is reported with the watcher's name and keeps nobody from being called.
 */
export interface TaskWatcher<T extends Task = Task> {
  /** Names the watcher in errors and lists; one watcher of a name to a chain. */
  readonly name: string;
  /**
   * Higher is called earlier, ties in order of registration. A safe integer (default: 0). Leave it
   * alone if you can: the order of watchers ought not to matter.
   */
  readonly priority?: number;
  /** Wants `init` also for tasks that were there before it (default: false). Needs an `init` op. */
  readonly existing?: boolean;
  /** The task came to be. Per-task state is set up here, not at `clone`: others see the task then. */
  init?(event: InitEvent, task: T): SleepingAnswer;
  /** The task was announced. */
  clone?(event: CloneEvent, task: T): SleepingAnswer;
  /** The task runs another program. */
  exec?(event: ExecEvent, task: T): SleepingAnswer;
  /** The task's user ids changed. */
  uid?(event: UidEvent, task: T): SleepingAnswer;
  /** The task's group ids changed. */
  gid?(event: GidEvent, task: T): SleepingAnswer;
  /** The task ended. */
  exit?(event: ExitEvent, task: T): SleepingAnswer;
  /**
   * Let go of the task's state. May come without an `init` before it, and must do no harm twice.
   * Cannot be stopped: answering NOTIFY_STOP here is an error, and everybody is called.
   */
  free?(event: FreeEvent, task: T): SleepingAnswer;
}

/** An op of any event, its `this` settled. */
export type TaskOp<T extends Task> = (this: void, event: TaskEvent, task: T) => SleepingAnswer;

/** The events a watcher has ops for, in the order of a task's life. */
export function watchedEvents<T extends Task>(watcher: TaskWatcher<T>): readonly TaskEventName[] {
  return TASK_EVENTS.filter((event) => watcher[event] !== undefined);
}

/**
 * Throws when the value cannot be a watcher: before it has any effect. A function of another name
 * is a mistake on a plain object, and a helper method on an instance of a class.
 */
export function checkWatcher<T extends Task>(watcher: TaskWatcher<T>): void {
  if (typeof watcher !== "object" || watcher === null) {
    throw new TypeError(`a task watcher must be an object, got ${String(watcher)}`);
  }
  if (typeof watcher.name !== "string" || watcher.name === "") {
    throw new TypeError(`name of a task watcher must be a string of at least one character`);
  }
  const owner = `watcher "${watcher.name}"`;
  checkPriority(watcher.priority, owner);
  for (const event of TASK_EVENTS) {
    const op: unknown = watcher[event];
    if (op !== undefined && typeof op !== "function") {
      throw new TypeError(`${event} of ${owner} must be a function, got ${typeof op}`);
    }
  }
  const prototype: unknown = Object.getPrototypeOf(watcher);
  if (prototype === null || prototype === Object.prototype) {
    for (const [key, value] of Object.entries(watcher)) {
      if (typeof value === "function" && !(TASK_EVENTS as readonly string[]).includes(key)) {
        throw new TypeError(`${owner} has an op "${key}", the ops are ${TASK_EVENTS.join(", ")}`);
      }
    }
  }
  if (watchedEvents(watcher).length === 0) {
    throw new TypeError(`${owner} has no op, it needs one of ${TASK_EVENTS.join(", ")}`);
  }
  if (watcher.existing !== undefined && typeof watcher.existing !== "boolean") {
    throw new TypeError(`existing of ${owner} must be a boolean, got ${typeof watcher.existing}`);
  }
  if (watcher.existing === true && watcher.init === undefined) {
    throw new TypeError(`${owner} wants existing tasks but has no init op to hear of them`);
  }
}
