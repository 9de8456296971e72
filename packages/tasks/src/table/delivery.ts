import type { TaskEvent, TaskEventName } from "@task-watchers/chain";
import type { TrackedTask } from "./tracked-task.ts";

/** Raises one event on the chain; a promise while a watcher is at work. */
export type Raise = (event: TaskEvent, task: TrackedTask) => number | PromiseLike<number>;

/** Events that may wait for watchers, over all tasks. */
const BACKLOG_LIMIT = 65_536;

/**
 * Raises one task's events in order and one at a time, while different tasks never wait for each other. Synchronous as
 * long as watchers are.
 *
 * When watchers fall too far behind, `exec`, `uid` and `gid` are dropped and counted, and tasks that begin then are not
 * told of at all; a task whose `init` was raised always gets its `exit` and `free`.
 */
export class Delivery {
  readonly #raise: Raise;
  readonly #onDropped: () => void;
  readonly #onIdle: () => void;
  #busy = 0;
  #backlog = 0;
  #dropped = 0;

  /**
   * @param onIdle no watcher is at work any more, and nothing waits
   * @param onDropped an event was dropped for the backlog's sake
   */
  constructor(raise: Raise, onIdle: () => void, onDropped: () => void) {
    this.#raise = raise;
    this.#onIdle = onIdle;
    this.#onDropped = onDropped;
  }

  /** Tasks with a watcher at work. */
  get busy(): number {
    return this.#busy;
  }

  /** Events waiting. */
  get backlog(): number {
    return this.#backlog;
  }

  /** Events never raised because too many were waiting. */
  get dropped(): number {
    return this.#dropped;
  }

  deliver(task: TrackedTask, event: TaskEvent): void {
    if (event.type === "free") task.freed = true;
    if (task.untold) {
      this.#drop();
      return;
    }
    if (task.pending !== undefined) {
      this.#enqueue(task.pending, event);
      return;
    }
    if (event.type === "init" && this.#backlog >= BACKLOG_LIMIT) {
      task.untold = true;
      this.#drop();
      return;
    }
    const result = this.#raise(event, task);
    if (typeof result !== "number") this.#wait(task, result);
    else if (task.freed) release(task);
  }

  #enqueue(pending: TaskEvent[], event: TaskEvent): void {
    if (this.#backlog >= BACKLOG_LIMIT && DROPPABLE.has(event.type)) {
      this.#drop();
      return;
    }
    this.#backlog++;
    pending.push(event);
  }

  #drop(): void {
    this.#dropped++;
    this.#onDropped();
  }

  #wait(task: TrackedTask, result: PromiseLike<number>): void {
    task.pending ??= [];
    this.#busy++;
    const next = (): void => {
      this.#busy--;
      this.#continue(task);
    };
    // The chain reports a watcher's error itself; here only the order counts.
    result.then(next, next);
  }

  #continue(task: TrackedTask): void {
    for (;;) {
      const event = task.pending?.shift();
      if (event === undefined) break;
      this.#backlog--;
      const result = this.#raise(event, task);
      if (typeof result === "number") continue;
      this.#wait(task, result);
      return;
    }
    task.pending = undefined;
    if (task.freed) release(task);
    if (this.#busy === 0) this.#onIdle();
  }
}

/** Whoever still holds the task holds it alone, not its ancestors too. */
function release(task: TrackedTask): void {
  task.parent = undefined;
}

const DROPPABLE: ReadonlySet<TaskEventName> = new Set(["clone", "exec", "uid", "gid"]);
