import { BlockingNotifierChain } from "../notifier/blocking-notifier-chain.ts";
import type { NotifierChainOptions } from "../notifier/notifier-block.ts";
import { NotifierError } from "../notifier/notifier-error.ts";
import type { InitEvent, TaskEvent } from "./task-event.ts";
import type { Task } from "./task.ts";
import type { WatcherBlock } from "./watcher-registration.ts";

/** The watchers that want the tasks from before them, and where those tasks are found. */
export class ExistingTasks<T extends Task> {
  readonly #options: NotifierChainOptions<TaskEvent, T>;
  readonly #chain: BlockingNotifierChain<TaskEvent, T>;
  #population: (() => Iterable<T>) | undefined;

  constructor(options: NotifierChainOptions<TaskEvent, T>) {
    this.#options = options;
    this.#chain = new BlockingNotifierChain(options);
  }

  /** @throws `NotifierError` `EBUSY` while another population is attached */
  attach(tasks: () => Iterable<T>): () => void {
    if (typeof tasks !== "function") {
      throw new TypeError(`a population must be a function, got ${typeof tasks}`);
    }
    if (this.#population !== undefined) {
      throw new NotifierError("EBUSY", "the chain has a driver already");
    }
    const population = (): Iterable<T> => tasks();
    this.#population = population;
    return () => {
      if (this.#population === population) {
        this.#population = undefined;
      }
    };
  }

  /** The tasks there are now. @throws whatever the population throws */
  present(): readonly T[] {
    return this.#population === undefined ? [] : [...this.#population()];
  }

  /** Tells one watcher of `tasks`, and of those visited from now on. Returns the undo. */
  add(init: WatcherBlock<T>, tasks: readonly T[]): () => Promise<void> {
    const leave = this.#chain.register(init);
    // A chain of one, so that these calls are guarded and waited for like any other.
    const late = new BlockingNotifierChain(this.#options);
    const leaveLate = late.register(init);
    for (const task of tasks) {
      void late.call(existingInit(task), task);
    }
    return async () => {
      await Promise.all([leave(), leaveLate()]);
    };
  }

  /** Tells all of them of one task. */
  visit(event: InitEvent, task: T): number | Promise<number> {
    if (event.type !== "init" || event.existing !== true) {
      throw new TypeError("a visit needs an init event with existing: true");
    }
    return this.#chain.call(event, task);
  }
}

/** What a watcher hears of a task that was there before it. */
export function existingInit(task: Task): InitEvent {
  return Object.freeze({ type: "init", existing: true, timeNs: task.startNs } as const);
}
