import { errorText } from "../notifier/error-text.ts";
import { isThenable } from "../notifier/failures.ts";
import type {
  ModuleListing,
  ModuleState,
  ModuleStatus,
  ModuleSummary,
  Watch,
  WatcherModule,
} from "./module.ts";
import type { Task } from "../task/task.ts";
import type { TaskChain } from "../task/task-chain.ts";
import { watchedEvents } from "../task/task-watcher.ts";
import type { WatcherRegistration } from "../task/watcher-registration.ts";

/** One module in the registry, and what it is going through. */
export class ModuleSlot<T extends Task> {
  readonly module: WatcherModule<T>;
  /** Settled with the outcome of the latest `open`. */
  opened: Promise<void> = Promise.resolve();
  readonly #chain: TaskChain<T>;
  #state: ModuleState = "loaded";
  #error: unknown;
  #registration: WatcherRegistration | undefined;
  #registered = false;
  #closing: Promise<void> | undefined;
  #unloading: Promise<void> | undefined;

  constructor(module: WatcherModule<T>, chain: TaskChain<T>) {
    this.module = module;
    this.#chain = chain;
  }

  get unloading(): boolean {
    return this.#unloading !== undefined;
  }

  /** Puts the watcher on the chain unless it is there. */
  register(): void {
    if (!this.#registered) {
      this.#registration = this.#chain.register(this.module.watcher);
      this.#registered = true;
    }
  }

  /** Opens the module on a watch, then lets events through to it. Rejects when either fails. */
  open(watch: Watch<T>): Promise<void> {
    this.opened = this.#open(watch);
    return this.opened;
  }

  /** Closes the module if it is open; safe to call again. */
  close(): Promise<void> {
    this.#closing ??= this.#close().finally(() => {
      this.#closing = undefined;
    });
    return this.#closing;
  }

  /** Takes the watcher off the chain, waits until no call is inside it, closes the module. */
  unload(): Promise<void> {
    this.#unloading ??= this.#unload();
    return this.#unloading;
  }

  summary(): ModuleSummary[] {
    const { name } = this.module;
    try {
      const tables = this.module.summary?.() ?? [];
      return tables.length > 0 ? [{ module: name, tables }] : [];
    } catch (error) {
      const notes = [`summary() failed: ${errorText(error)}`];
      return [{ module: name, tables: [{ title: name, columns: [], rows: [], notes }] }];
    }
  }

  list(): ModuleListing {
    const { name, version, watcher, lines } = this.module;
    const status = this.#status();
    return {
      name,
      version,
      state: this.unloading ? "unloading" : this.#state,
      ...(this.#state === "failed" && { error: errorText(this.#error) }),
      events: watchedEvents(watcher),
      errors: this.#registration?.errors ?? 0,
      ...(lines !== undefined && { lines }),
      ...(status !== undefined && { status }),
    };
  }

  async #open(watch: Watch<T>): Promise<void> {
    this.#state = "opening";
    try {
      // Not awaited unless it has to be: a module that opens at once hears the very next event.
      const opening = this.module.open?.(watch);
      if (isThenable(opening)) {
        await opening;
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#state = "open";
    try {
      if (!this.unloading) {
        this.register();
      }
    } catch (error) {
      await this.#closeOpen();
      this.#fail(error);
    }
  }

  async #close(): Promise<void> {
    await this.opened.catch(() => {});
    if (this.#state === "open") {
      await this.#closeOpen();
    }
  }

  async #closeOpen(): Promise<void> {
    this.#state = "loaded";
    try {
      await this.module.close?.();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #unload(): Promise<void> {
    await this.#unregister();
    await this.close();
  }

  #fail(error: unknown): never {
    this.#state = "failed";
    this.#error = error;
    // Quiet from here on; whoever unloads the module waits for the calls inside it.
    void this.#unregister();
    throw error;
  }

  async #unregister(): Promise<void> {
    this.#registered = false;
    await this.#registration?.unregister();
  }

  #status(): ModuleStatus | undefined {
    try {
      return this.module.status?.();
    } catch (error) {
      return { state: "failed", counters: {}, notes: [`status() failed: ${errorText(error)}`] };
    }
  }
}
