import {
  type ModuleFailure,
  type ModuleListing,
  type ModuleSummary,
  type Watch,
  type WatcherModule,
  checkModule,
  checkWatch,
} from "./module.ts";
import { ModuleSlot } from "./module-slot.ts";
import { NotifierError } from "../notifier/notifier-error.ts";
import type { Task } from "../task/task.ts";
import { TaskChain, type TaskChainOptions } from "../task/task-chain.ts";
import { type TaskWatcher, checkWatcher } from "../task/task-watcher.ts";
import type { WatcherErrorSink } from "../task/watcher-error.ts";
import type { WatcherRegistration } from "../task/watcher-registration.ts";

/** A module in the registry. */
export interface LoadedModule extends AsyncDisposable {
  readonly name: string;
  /**
   * Settled when the module is open on the watch in progress; at once when there is none. Rejects
   * with what made it fail; left alone it is no unhandled rejection.
   */
  readonly ready: Promise<void>;
  /** `TaskWatchers.unload` of this very module; safe to call again. */
  unload(): Promise<void>;
}

/**
 * Ends the watch: closes the modules, the last loaded first. Resolves with every failure since the
 * start, those at opening too. Safe to call again.
 */
export type StopWatch = () => Promise<readonly ModuleFailure[]>;

/** A task chain and the modules on it. Mostly there is one of it: `taskWatchers`. */
export class TaskWatchers<T extends Task = Task> {
  /** The chain that a driver raises events on. */
  readonly chain: TaskChain<T>;
  readonly #slots = new Map<string, ModuleSlot<T>>();
  /** The watch that modules are opened on; not any more once it stops. */
  #watch: Watch<T> | undefined;
  #failures: ModuleFailure[] | undefined;

  constructor(options: TaskChainOptions = {}) {
    this.chain = new TaskChain(options);
  }

  /** Short for `chain.register`. */
  register(watcher: TaskWatcher<T>): WatcherRegistration {
    return this.chain.register(watcher);
  }

  /** Short for `chain.registerOn`. */
  registerOn(task: T, watcher: TaskWatcher<T>): WatcherRegistration {
    return this.chain.registerOn(task, watcher);
  }

  /** Short for `chain.onError`. */
  onError(sink: WatcherErrorSink): () => void {
    return this.chain.onError(sink);
  }

  /**
   * Takes a module in; the last line of a watcher package. Without a watch its watcher is put on
   * the chain at once. With one it is opened first, and its watcher hears no event before that.
   *
   * @throws `NotifierError` `EEXIST` when a module, or a watcher on the chain, has that name;
   *   `TypeError` or `RangeError` when it is no module
   */
  load(module: WatcherModule<T>): LoadedModule {
    checkModule(module);
    checkWatcher(module.watcher);
    const { name } = module;
    if (this.#slots.has(name)) {
      throw new NotifierError("EEXIST", `module "${name}" is loaded already`);
    }
    if (this.chain.hasWatcher(module.watcher.name)) {
      throw new NotifierError(
        "EEXIST",
        `a watcher "${module.watcher.name}" is on the chain already`,
      );
    }
    const slot = new ModuleSlot(module, this.chain);
    if (this.#watch === undefined) {
      slot.register();
      this.#slots.set(name, slot);
    } else {
      this.#slots.set(name, slot);
      void this.#open(slot, this.#watch);
    }
    const unload = (): Promise<void> => this.#unload(slot);
    return { name, ready: slot.opened, unload, [Symbol.asyncDispose]: unload };
  }

  /**
   * Lets a module go: no event raised from now on reaches it. Resolves when no call is inside its
   * watcher and it is closed. Until then its name is taken. From inside its own watcher: do not wait.
   *
   * @throws (rejects) `NotifierError` `ENOENT` when there is none of that name; what `close()` threw
   */
  async unload(name: string): Promise<void> {
    const slot = this.#slots.get(name);
    if (slot === undefined) {
      throw new NotifierError("ENOENT", `module "${name}" is not loaded`);
    }
    await this.#unload(slot);
  }

  /** The modules, in order of loading. */
  list(): readonly ModuleListing[] {
    return Array.from(this.#slots.values(), (slot) => slot.list());
  }

  /** What the modules found out in the watch that has just ended, in order of loading; a module that fails at it has none. */
  summaries(): readonly ModuleSummary[] {
    return Array.from(this.#slots.values()).flatMap((slot) => slot.summary());
  }

  /**
   * Opens the modules, one after another in order of loading; called by the driver, before it
   * raises events. A module that fails stops no other: see `list()`. While the watch lasts, watchers
   * that come late find existing tasks through it, unless the chain has a population already.
   *
   * @throws (rejects) `NotifierError` `EBUSY` while another watch is in progress, `TypeError` when
   *   it is no watch
   */
  async startWatch(watch: Watch<T>): Promise<StopWatch> {
    checkWatch(watch);
    if (this.#failures !== undefined) {
      throw new NotifierError("EBUSY", "another watch is in progress");
    }
    const failures: ModuleFailure[] = [];
    this.#failures = failures;
    this.#watch = watch;
    const detach = this.#attach(watch);
    // Not those that come meanwhile: `load` opens them.
    for (const slot of Array.from(this.#slots.values())) {
      if (!slot.unloading) {
        await this.#open(slot, watch);
      }
    }
    let stopped: Promise<readonly ModuleFailure[]> | undefined;
    return () => {
      stopped ??= this.#stop(failures, detach);
      return stopped;
    };
  }

  async #stop(failures: ModuleFailure[], detach: () => void): Promise<readonly ModuleFailure[]> {
    this.#watch = undefined;
    detach();
    for (const slot of Array.from(this.#slots.values()).toReversed()) {
      try {
        await slot.close();
      } catch (error) {
        failures.push({ module: slot.module.name, during: "close", error });
      }
    }
    this.#failures = undefined;
    return failures;
  }

  async #open(slot: ModuleSlot<T>, watch: Watch<T>): Promise<void> {
    try {
      await slot.open(watch);
    } catch (error) {
      this.#failures?.push({ module: slot.module.name, during: "open", error });
    }
  }

  async #unload(slot: ModuleSlot<T>): Promise<void> {
    try {
      await slot.unload();
    } finally {
      if (this.#slots.get(slot.module.name) === slot) {
        this.#slots.delete(slot.module.name);
      }
    }
  }

  #attach(watch: Watch<T>): () => void {
    try {
      return this.chain.attachPopulation(() => watch.tasks());
    } catch {
      // EBUSY: whoever drives the chain has attached its tasks by itself.
      return () => {};
    }
  }
}
