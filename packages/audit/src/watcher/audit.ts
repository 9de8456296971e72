import type { ModuleStatus, SummaryTable, Watch, WatcherModule } from "@task-watchers/chain";
import { VERSION } from "../version.ts";
import { AuditWatch, LINES } from "./audit-watch.ts";
import { type AuditOptions, checkOptions } from "./options.ts";
import type { TaskAudit } from "./task-audit.ts";

/** The watcher module of audit. */
export interface Audit extends WatcherModule {
  /**
   * Changes options for the watches to come.
   *
   * @throws TypeError or RangeError on a bad option, and then nothing has changed
   */
  configure(options: Omit<AuditOptions, "name">): void;
  /** Hears of every process at its end, until the function returned is called. What it throws is the watcher's error. */
  listen(listener: (audit: TaskAudit) => void): () => void;
  status(): ModuleStatus;
  summary(): readonly SummaryTable[];
}

/** A module of audit, for a registry of one's own. @throws TypeError or RangeError on a bad option */
export function createAudit(options: AuditOptions = {}): Audit {
  checkOptions(options);
  return new AuditModule(options);
}

class AuditModule implements Audit {
  readonly name: string;
  readonly version: string = VERSION;
  readonly lines: Readonly<Record<string, string>> = LINES;
  readonly watcher: WatcherModule["watcher"];
  readonly #listeners = new Set<(audit: TaskAudit) => void>();
  #options: AuditOptions;
  /** The last one that could be opened, unless another attempt has failed since. */
  #latest: AuditWatch | undefined;
  #isOpen = false;

  constructor(options: AuditOptions) {
    const { name = "audit" } = options;
    this.name = name;
    this.#options = options;
    this.watcher = {
      name,
      existing: true,
      init: (event, task) => this.#latest?.begin(event, task),
      exec: (event, task) => this.#latest?.exec(event, task),
      exit: (event, task) => this.#latest?.exit(event, task),
      free: (_event, task) => this.#latest?.free(task),
    };
  }

  configure(options: Omit<AuditOptions, "name">): void {
    const merged = { ...this.#options, ...options };
    checkOptions(merged);
    this.#options = merged;
  }

  async open(watch: Watch): Promise<void> {
    this.#latest = undefined;
    this.#latest = await AuditWatch.open(this.#options, watch, {
      has: () => this.#listeners.size > 0,
      tell: (audit) => this.#tell(audit),
    });
    this.#isOpen = true;
  }

  async close(): Promise<void> {
    try {
      await this.#latest?.close();
    } finally {
      this.#isOpen = false;
    }
  }

  listen(listener: (audit: TaskAudit) => void): () => void {
    // Wrapped, so that the same function may listen twice.
    const own = (audit: TaskAudit): void => listener(audit);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  status(): ModuleStatus {
    return {
      state: this.#isOpen ? "open" : "loaded",
      counters: this.#latest?.counters() ?? {},
      notes: this.#latest?.notes() ?? [],
    };
  }

  summary(): readonly SummaryTable[] {
    return this.#latest?.tables() ?? [];
  }

  #tell(audit: TaskAudit): void {
    const errors: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        listener(audit);
      } catch (error) {
        errors.push(error);
      }
    }
    // All have heard of it; what they threw is the watcher's.
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join("; "));
  }
}
