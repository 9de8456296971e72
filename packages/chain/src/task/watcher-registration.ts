import type { NotifierBlock, SleepingAnswer } from "../notifier/notifier-block.ts";
import type { ExecEvent, TaskEvent, TaskEventName } from "./task-event.ts";
import type { Task } from "./task.ts";
import { type TaskOp, type TaskWatcher, watchedEvents } from "./task-watcher.ts";

/** A watcher's place on a chain, and the way to end it. */
export interface WatcherRegistration extends AsyncDisposable {
  /** Name of the watcher. */
  readonly name: string;
  /** The events it has ops for. */
  readonly events: readonly TaskEventName[];
  /** How many times it failed since it was registered. */
  readonly errors: number;
  /**
   * Ends it: no event raised from now on reaches the watcher. Resolves when no call is inside it
   * any more; safe to call again. An op that waits for its own watcher's end waits for ever.
   */
  unregister(): Promise<void>;
}

/** A watcher as its chain knows it. */
export class Registration<T extends Task> implements WatcherRegistration {
  readonly name: string;
  readonly events: readonly TaskEventName[];
  readonly watcher: TaskWatcher<T>;
  errors = 0;
  readonly #undo: () => Promise<void>;
  /** Told when the watcher is called for a stopped exec. */
  readonly called: (event: ExecEvent, name: string) => void;
  readonly #blocks = new Map<TaskEventName, WatcherBlock<T>>();
  #undone: Promise<void> | undefined;

  constructor(
    watcher: TaskWatcher<T>,
    undo: () => Promise<void>,
    called: (event: ExecEvent, name: string) => void = () => {},
  ) {
    this.called = called;
    this.name = watcher.name;
    this.events = watchedEvents(watcher);
    this.watcher = watcher;
    this.#undo = undo;
    for (const event of this.events) {
      this.#blocks.set(event, new WatcherBlock(this, event));
    }
  }

  /** The notifier blocks of its ops. */
  get blocks(): ReadonlyMap<TaskEventName, WatcherBlock<T>> {
    return this.#blocks;
  }

  unregister(): Promise<void> {
    this.#undone ??= this.#undo();
    return this.#undone;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.unregister();
  }
}

/** One op of a watcher, as a block for the chain of its event. */
export class WatcherBlock<T extends Task> implements NotifierBlock<TaskEvent, T> {
  readonly registration: Registration<T>;
  readonly name: string;
  readonly priority: number;
  readonly call: TaskOp<T>;

  constructor(registration: Registration<T>, event: TaskEventName) {
    const { watcher } = registration;
    // The chain of an event is only ever called with that event.
    const op = watcher[event] as (
      this: TaskWatcher<T>,
      event: TaskEvent,
      task: T,
    ) => SleepingAnswer;
    this.registration = registration;
    this.name = watcher.name;
    this.priority = watcher.priority ?? 0;
    const bound = op.bind(watcher);
    this.call = event === "exec" ? (told, task) => this.#callExec(bound, told, task) : bound;
  }

  #callExec(op: TaskOp<T>, event: TaskEvent, task: T): SleepingAnswer {
    if (event.type === "exec" && event.stopped) this.registration.called(event, this.name);
    return op(event, task);
  }
}
