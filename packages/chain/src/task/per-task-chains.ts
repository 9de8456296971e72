import type { NotifierErrorSink } from "../notifier/notifier-block.ts";
import { NotifierError } from "../notifier/notifier-error.ts";
import { RawNotifierChain } from "../notifier/raw-notifier-chain.ts";
import type { Task } from "./task.ts";
import type { ExecEvent, TaskEvent, TaskEventName } from "./task-event.ts";
import type { TaskWatcher } from "./task-watcher.ts";
import { Registration, type WatcherRegistration } from "./watcher-registration.ts";

/** What hangs on one task. */
interface OwnWatchers<T extends Task> {
  readonly chains: Map<TaskEventName, RawNotifierChain<TaskEvent, T>>;
  readonly registrations: Map<TaskWatcher<T>, Registration<T>>;
}

/** The raw chains that hang on single tasks, one for each event somebody named. */
export class PerTaskChains<T extends Task> {
  /** Number of tasks with watchers. */
  tasks = 0;
  readonly #own = new WeakMap<Task, OwnWatchers<T>>();
  readonly #named = new Map<TaskEventName, number>();
  readonly #onError: NotifierErrorSink<TaskEvent, T>;
  readonly #called: ((event: ExecEvent, name: string) => void) | undefined;

  /** @param called told of each watcher that is called for a stopped exec */
  constructor(
    onError: NotifierErrorSink<TaskEvent, T>,
    called?: (event: ExecEvent, name: string) => void,
  ) {
    this.#onError = onError;
    this.#called = called;
  }

  /** Whether any task has a watcher that names the event. */
  has(event: TaskEventName): boolean {
    return (this.#named.get(event) ?? 0) > 0;
  }

  /** @throws `NotifierError` `EEXIST` when the task has this watcher already */
  register(task: T, watcher: TaskWatcher<T>): WatcherRegistration {
    const own = this.#own.get(task) ?? { chains: new Map(), registrations: new Map() };
    if (own.registrations.has(watcher)) {
      throw new NotifierError("EEXIST", `watcher "${watcher.name}" is on task ${task.id} already`);
    }
    const registration: Registration<T> = new Registration(
      watcher,
      () => this.#unregister(task, own, registration),
      this.#called,
    );
    for (const [event, block] of registration.blocks) {
      let chain = own.chains.get(event);
      if (chain === undefined) {
        const unstoppable = event === "free";
        chain = new RawNotifierChain({ name: event, onError: this.#onError, unstoppable });
        own.chains.set(event, chain);
      }
      chain.register(block);
      this.#count(event, 1);
    }
    own.registrations.set(watcher, registration);
    if (!this.#own.has(task)) {
      this.#own.set(task, own);
      this.tasks += 1;
    }
    return registration;
  }

  /** Calls what hangs on `owner`; returns `before` when nothing there names the event. */
  call(
    owner: Task | undefined,
    event: TaskEvent,
    task: T,
    before: number,
  ): number | Promise<number> {
    const own = owner === undefined ? undefined : this.#own.get(owner);
    const chain = own?.chains.get(event.type);
    return chain === undefined || chain.isEmpty() ? before : chain.call(event, task);
  }

  /** Takes everything off a task. */
  release(task: Task): void {
    const own = this.#own.get(task);
    if (own === undefined) {
      return;
    }
    for (const registration of own.registrations.values()) {
      this.#forget(registration);
    }
    own.registrations.clear();
    this.#drop(task);
  }

  async #unregister(task: T, own: OwnWatchers<T>, registration: Registration<T>): Promise<void> {
    // Nothing is left to take off once the task was freed, but a call may still be inside.
    const present = own.registrations.delete(registration.watcher);
    const settled: Promise<void>[] = [];
    for (const [event, block] of registration.blocks) {
      const chain = own.chains.get(event);
      if (present) {
        chain?.unregister(block);
      }
      if (chain !== undefined) {
        settled.push(chain.settled());
      }
    }
    if (present) {
      this.#forget(registration);
    }
    if (present && own.registrations.size === 0) {
      this.#drop(task);
    }
    await Promise.all(settled);
  }

  #drop(task: Task): void {
    this.#own.delete(task);
    this.tasks -= 1;
  }

  #forget(registration: Registration<T>): void {
    for (const event of registration.events) {
      this.#count(event, -1);
    }
  }

  #count(event: TaskEventName, change: number): void {
    this.#named.set(event, (this.#named.get(event) ?? 0) + change);
  }
}
