import { NOTIFY_DONE, type TaskEvent, type TaskEventName } from "@task-watchers/chain";
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
  /** Those who wait for the answer to an event that itself waits. */
  readonly #asking = new Map<TaskEvent, (answer: number | PromiseLike<number>) => void>();

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

  /**
   * Delivers an event in its turn, and gives the chain's answer to it; NOTIFY_DONE when it had to be dropped. A promise while
   * a watcher is at work, on this event or an earlier one; it never rejects.
   */
  ask(task: TrackedTask, event: TaskEvent): number | PromiseLike<number> {
    if (task.untold) {
      this.#drop();
      return NOTIFY_DONE;
    }
    const { pending } = task;
    if (pending !== undefined) {
      if (!this.#enqueue(pending, event)) return NOTIFY_DONE;
      const answer = new Promise<number>((resolve) => this.#asking.set(event, resolve));
      return answer.catch(() => NOTIFY_DONE);
    }
    const result = this.#raise(event, task);
    if (typeof result === "number") return result;
    this.#wait(task, result);
    return Promise.resolve(result).catch(() => NOTIFY_DONE);
  }

  /** Returns whether there was room. */
  #enqueue(pending: TaskEvent[], event: TaskEvent): boolean {
    if (this.#backlog >= BACKLOG_LIMIT && DROPPABLE.has(event.type)) {
      this.#drop();
      return false;
    }
    this.#backlog++;
    pending.push(event);
    return true;
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
      this.#answer(event, result);
      if (typeof result === "number") continue;
      this.#wait(task, result);
      return;
    }
    task.pending = undefined;
    if (task.freed) release(task);
    if (this.#busy === 0) this.#onIdle();
  }

  #answer(event: TaskEvent, result: number | PromiseLike<number>): void {
    if (this.#asking.size === 0) return;
    this.#asking.get(event)?.(result);
    this.#asking.delete(event);
  }
}

/** Whoever still holds the task holds it alone, not its ancestors too. */
function release(task: TrackedTask): void {
  task.parent = undefined;
}

const DROPPABLE: ReadonlySet<TaskEventName> = new Set(["clone", "exec", "uid", "gid"]);
