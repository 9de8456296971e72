import type { Task } from "../task/task.ts";
import type { ExecFailedNotice } from "../task/exec-failed.ts";
import type { TaskEventName } from "../task/task-event.ts";
import type { CommNotice, CoredumpNotice, PtraceNotice, SidNotice } from "../task/task-notice.ts";
import type { TaskWatcher } from "../task/task-watcher.ts";

/** One line for the trace. Values are what JSON has, and bigints, written as decimal strings. */
export interface TraceLine {
  /** Kind of line, one of the module's `lines`. */
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The part of an `AbortSignal` that this contract needs; every `AbortSignal` has it. */
export interface WatchSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Events that were not delivered, and what is known of them. */
export interface WatchLoss {
  /** Such as `"overrun"` (the kernel's queue was full), `"deaf"` (the kernel had stopped sending) or `"backlog"`. */
  readonly reason: string;
  /** Only notices were lost, nothing of a task's life. */
  readonly notices?: true;
  /** How many; null when it cannot be known. */
  readonly count: number | null;
  /** CLOCK_MONOTONIC, nanoseconds: the last time it was certain that nothing was missing. */
  readonly sinceNs: bigint;
  /** CLOCK_MONOTONIC, nanoseconds: when the loss was noticed. */
  readonly untilNs: bigint;
}

/** Hears of a watch what is not on the chain. What a function of it throws is reported and harms nobody. */
export interface WatchListener<T extends Task = Task> {
  /** Called for every loss, in its place among the events. */
  lost?(loss: WatchLoss): void;
  sid?(notice: SidNotice, task: T): void;
  ptrace?(notice: PtraceNotice, task: T): void;
  /** Any user can make these by the hundred thousand a second. */
  comm?(notice: CommNotice, task: T): void;
  coredump?(notice: CoredumpNotice, task: T): void;
  /** Told where execs are stopped before they are made. */
  execFailed?(notice: ExecFailedNotice, task: T): void;
}

/** A watch in progress, as its modules see it. Made by the driver. */
export interface Watch<T extends Task = Task> {
  /** Aborted when the watch begins to close, before `close()`; absent when the driver has none. */
  readonly signal?: WatchSignal | undefined;
  /** The tasks alive now: those whose `init` was raised or visited and whose `free` was not. */
  tasks(): Iterable<T>;
  /**
   * Tells the listener of losses and of the notices it has functions for, until the function returned is called. Absent
   * when the driver tells of neither.
   */
  listen?(listener: WatchListener<T>): () => void;
  /** False when nobody writes a trace: a line need not be made then. Absent when the driver does not say. */
  readonly hasTrace?: boolean;
  /** Puts a line into the trace; lost when nobody writes one. */
  writeLine(line: TraceLine): void;
}

/** What a module says of itself. */
export interface ModuleStatus {
  readonly state: "loaded" | "open" | "failed";
  /** Counts by name, such as `recordsLost`. */
  readonly counters: Readonly<Record<string, number | bigint>>;
  /** Sentences for the user: what is missing, and what would help. */
  readonly notes: readonly string[];
}

/** A table of what a module found out, for people. Raw text: whoever shows it escapes and cuts it. */
export interface SummaryTable {
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly align: "left" | "right" }[];
  /** A cell for every column. */
  readonly rows: readonly (readonly string[])[];
  /** Sentences below the table: where figures come from, what is missing. */
  readonly notes: readonly string[];
}

/** A watcher as a package brings it along: what it watches, and what it needs open to do so. */
export interface WatcherModule<T extends Task = Task> {
  /** Unique in a registry; that of the watcher may be the same. */
  readonly name: string;
  readonly version: string;
  readonly watcher: TaskWatcher<T>;
  /** The types of trace lines it writes, each with a sentence on what it says. */
  readonly lines?: Readonly<Record<string, string>>;
  /** Opens kernel resources. What it throws makes the module failed and quiet, and no other. */
  open?(watch: Watch<T>): void | Promise<void>;
  /** Gives back what `open` took; called once after each `open` that succeeded. */
  close?(): void | Promise<void>;
  status?(): ModuleStatus;
  /** What it found out about the watch that has just ended; asked for once, after `close`. */
  summary?(): readonly SummaryTable[];
}

/** Where a module stands. `failed`: it did not open (or close), its watcher is off the chain. */
export type ModuleState = "loaded" | "opening" | "open" | "failed" | "unloading";

/** A line of `lsmod`. Plain data, except that counters may be bigints. */
export interface ModuleListing {
  readonly name: string;
  readonly version: string;
  readonly state: ModuleState;
  /** Why it failed; absent unless `state` is `failed`. */
  readonly error?: string;
  /** The events its watcher has ops for. */
  readonly events: readonly TaskEventName[];
  /** How many times its watcher failed since it was put on the chain. */
  readonly errors: number;
  readonly lines?: Readonly<Record<string, string>>;
  /** What the module says of itself; absent when it says nothing. */
  readonly status?: ModuleStatus;
}

/** What one module found out. */
export interface ModuleSummary {
  /** Name of the module. */
  readonly module: string;
  readonly tables: readonly SummaryTable[];
}

/** A module that failed, and when. */
export interface ModuleFailure {
  /** Name of the module. */
  readonly module: string;
  readonly during: "open" | "close";
  readonly error: unknown;
}

/** @throws TypeError when the value cannot be a watch */
export function checkWatch<T extends Task>(watch: Watch<T>): void {
  if (typeof watch?.tasks !== "function" || typeof watch.writeLine !== "function") {
    throw new TypeError("a watch must have the functions tasks and writeLine");
  }
}

/** @throws TypeError when the value cannot be a module; its watcher is not looked at */
export function checkModule<T extends Task>(module: WatcherModule<T>): void {
  if (typeof module !== "object" || module === null) {
    throw new TypeError(`a watcher module must be an object, got ${String(module)}`);
  }
  for (const key of ["name", "version"] as const) {
    if (typeof module[key] !== "string" || module[key] === "") {
      throw new TypeError(`${key} of a watcher module must be a string of at least one character`);
    }
  }
  for (const key of ["open", "close", "status", "summary"] as const) {
    const value: unknown = module[key];
    if (value !== undefined && typeof value !== "function") {
      throw new TypeError(
        `${key} of module "${module.name}" must be a function, got ${typeof value}`,
      );
    }
  }
}
