import { BlockingNotifierChain } from "../notifier/blocking-notifier-chain.ts";
import { ExistingTasks, existingInit } from "./existing-tasks.ts";
import type { NotifierBlock } from "../notifier/notifier-block.ts";
import { NotifierError } from "../notifier/notifier-error.ts";
import { NOTIFY_STOP_MASK } from "../notifier/notify-codes.ts";
import { PerTaskChains } from "./per-task-chains.ts";
import type { Task } from "./task.ts";
import {
  type ExecEvent,
  type InitEvent,
  TASK_EVENTS,
  type TaskEvent,
  type TaskEventName,
} from "./task-event.ts";
import { type TaskWatcher, checkWatcher } from "./task-watcher.ts";
import { WatcherError, type WatcherErrorSink, WatcherErrorSinks } from "./watcher-error.ts";
import { Registration, WatcherBlock, type WatcherRegistration } from "./watcher-registration.ts";

/** Options of a task chain. */
export interface TaskChainOptions {
  /** The first error sink; see {@link TaskChain.onError}. */
  readonly onError?: WatcherErrorSink;
}

/** One watcher of a chain, as {@link TaskChain.list} shows it. */
export interface WatcherListing {
  readonly name: string;
  /** The events it has ops for. */
  readonly events: readonly TaskEventName[];
  /** How many times it failed since it was registered. */
  readonly errors: number;
}

/**
 * The chain of task watchers: a blocking notifier chain for each of the seven events, and a raw
 * one on each task that somebody watches alone. Who raises the events drives the chain. There is
 * one driver; it raises the events of one task one after another, waiting for each, while
 * different tasks do not wait for each other.
 */
export class TaskChain<T extends Task = Task> {
  readonly #chains: Readonly<Record<TaskEventName, BlockingNotifierChain<TaskEvent, T>>>;
  readonly #existing: ExistingTasks<T>;
  readonly #perTask: PerTaskChains<T>;
  readonly #watchers = new Map<string, Registration<T>>();
  readonly #sinks = new WatcherErrorSinks();
  readonly #lastCalled = new WeakMap<ExecEvent, string>();

  /** @throws `TypeError` when `onError` is no function */
  constructor(options: TaskChainOptions = {}) {
    if (options.onError !== undefined) {
      this.#sinks.add(options.onError);
    }
    this.#chains = {
      init: this.#newChain("init"),
      clone: this.#newChain("clone"),
      exec: this.#newChain("exec"),
      uid: this.#newChain("uid"),
      gid: this.#newChain("gid"),
      exit: this.#newChain("exit"),
      free: this.#newChain("free"),
    };
    this.#existing = new ExistingTasks({ name: "existing", onError: this.#onError });
    this.#perTask = new PerTaskChains(this.#onError, this.#called);
  }

  /**
   * Adds a watcher, for the events raised from now on. With `existing: true` it first hears an
   * `init` for every task of the attached population, before this returns. Such an `init` that
   * answers with a promise is not waited for by the task's later events.
   *
   * @throws `NotifierError` `EEXIST` when the watcher, or another of its name, is on the chain;
   *   `TypeError` or `RangeError` when it is no watcher; whatever the population throws
   */
  register(watcher: TaskWatcher<T>): WatcherRegistration {
    checkWatcher(watcher);
    if (this.#watchers.has(watcher.name)) {
      throw new NotifierError("EEXIST", `a watcher "${watcher.name}" is on the chain already`);
    }
    const present = watcher.existing === true ? this.#existing.present() : [];
    const undo: (() => Promise<void>)[] = [];
    const leaveAll = async (): Promise<void> => {
      this.#watchers.delete(watcher.name);
      await Promise.all(undo.map((leave) => leave()));
    };
    const registration = new Registration(watcher, leaveAll, this.#called);
    this.#watchers.set(registration.name, registration);
    for (const [event, block] of registration.blocks) {
      undo.push(this.#chains[event].register(block));
    }
    const init = registration.blocks.get("init");
    if (watcher.existing === true && init !== undefined) {
      undo.push(this.#existing.add(init, present));
    }
    return registration;
  }

  /**
   * Puts a watcher on one task, from anywhere. It hears the task's own events after the watchers of
   * the chain, the `init` of the task's children instead of the task's own, and is taken off after
   * the task's `free`. `existing` has no meaning here. On a task that was freed it stays unheard.
   *
   * @throws `NotifierError` `EEXIST` when the task has this watcher (not: one of its name);
   *   `TypeError` or `RangeError` when it is no watcher
   */
  registerOn(task: T, watcher: TaskWatcher<T>): WatcherRegistration {
    checkWatcher(watcher);
    return this.#perTask.register(task, watcher);
  }

  /**
   * Tells the watchers of the chain, then those on the task (for `init`: on its parent), unless one
   * of the chain stopped the event. Synchronous until a watcher answers with a promise. Errors of
   * watchers go to the error sinks: this neither throws nor rejects for them.
   *
   * @returns the answer of the last watcher called, NOTIFY_DONE when there was none
   * @throws `TypeError` for an event of an unknown type
   */
  raise(event: TaskEvent, task: T): number | Promise<number> {
    const answer = this.#chainOf(event.type).call(event, task);
    if (typeof answer !== "number") {
      return this.#raiseOwnAfter(answer, event, task);
    }
    return this.#perTask.tasks === 0 ? answer : this.#raiseOwn(answer, event, task);
  }

  /**
   * Tells of a task that existed before the watch: only watchers with `existing: true` hear it.
   *
   * @returns the answer of the last watcher called, NOTIFY_DONE when there was none
   * @throws `TypeError` when the event is not marked `existing`
   */
  visit(task: T, event: InitEvent = existingInit(task)): number | Promise<number> {
    return this.#existing.visit(event, task);
  }

  /**
   * Tells the chain where to find the tasks that exist, for watchers that come late. They must be
   * exactly those whose `init` was raised or visited and whose `free` was not. Returns the undo.
   *
   * @throws `NotifierError` `EBUSY` when a driver has done so already
   */
  attachPopulation(tasks: () => Iterable<T>): () => void {
    return this.#existing.attach(tasks);
  }

  /**
   * Attaches a sink for errors of watchers. While there is none, errors are shown by
   * `console.error`. Returns the undo, which is safe to call twice.
   *
   * @throws `NotifierError` `EEXIST` when the sink is attached already
   */
  onError(sink: WatcherErrorSink): () => void {
    return this.#sinks.add(sink);
  }

  /** Whether anybody would hear such an event of some task; else its facts need not be gathered. */
  has(event: TaskEventName): boolean {
    return !this.#chainOf(event).isEmpty() || this.#perTask.has(event);
  }

  /**
   * The watcher that was called last for an exec raised while its task stands still: the one that refused it, if it was
   * refused, or is being waited for. Undefined while none was called.
   */
  lastCalled(event: ExecEvent): string | undefined {
    return this.#lastCalled.get(event);
  }

  /** Whether a watcher of this name is on the chain; those on single tasks are not looked at. */
  hasWatcher(name: string): boolean {
    return this.#watchers.has(name);
  }

  /** The watchers of the chain, in order of registration; those on single tasks are not among them. */
  list(): readonly WatcherListing[] {
    return Array.from(this.#watchers.values(), ({ name, events, errors }) => ({
      name,
      events,
      errors,
    }));
  }

  #raiseOwn(answer: number, event: TaskEvent, task: T): number | Promise<number> {
    if ((answer & NOTIFY_STOP_MASK) !== 0) {
      return answer;
    }
    const owner = event.type === "init" ? task.parent : task;
    const last = this.#perTask.call(owner, event, task, answer);
    if (event.type !== "free") {
      return last;
    }
    if (typeof last !== "number") {
      return this.#releaseAfter(last, task);
    }
    this.#perTask.release(task);
    return last;
  }

  async #raiseOwnAfter(answer: Promise<number>, event: TaskEvent, task: T): Promise<number> {
    return this.#raiseOwn(await answer, event, task);
  }

  async #releaseAfter(last: Promise<number>, task: T): Promise<number> {
    const answer = await last;
    this.#perTask.release(task);
    return answer;
  }

  #newChain(name: string): BlockingNotifierChain<TaskEvent, T> {
    const unstoppable = name === "free";
    return new BlockingNotifierChain({ name, onError: this.#onError, unstoppable });
  }

  /** Comparing names is much cheaper than looking one up in an object. */
  #chainOf(event: TaskEventName): BlockingNotifierChain<TaskEvent, T> {
    const chains = this.#chains;
    switch (event) {
      case "init":
        return chains.init;
      case "clone":
        return chains.clone;
      case "exec":
        return chains.exec;
      case "uid":
        return chains.uid;
      case "gid":
        return chains.gid;
      case "exit":
        return chains.exit;
      case "free":
        return chains.free;
      default:
        throw new TypeError(
          `no event "${String(event)}", the events are ${TASK_EVENTS.join(", ")}`,
        );
    }
  }

  readonly #called = (event: ExecEvent, name: string): void => {
    this.#lastCalled.set(event, name);
  };

  readonly #onError = (
    error: unknown,
    block: NotifierBlock<TaskEvent, T>,
    event: TaskEvent,
    task: T,
  ): void => {
    if (block instanceof WatcherBlock) {
      block.registration.errors += 1;
    }
    this.#sinks.report(new WatcherError(block.name ?? "", event.type, task.id, error));
  };
}
