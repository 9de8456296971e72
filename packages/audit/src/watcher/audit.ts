import type {
  InitEvent,
  ModuleStatus,
  SummaryTable,
  Task,
  Watch,
  WatcherModule,
} from "@task-watchers/chain";
import { monotonicNs } from "@task-watchers/linux";
import { AUDIT_LINE, toAuditLine } from "../trail/audit-line.ts";
import { RawLog } from "../trail/raw-log.ts";
import { VERSION } from "../version.ts";
import type { AuditContext } from "./audit-context.ts";
import { EventJoin } from "./event-join.ts";
import { EventSource, type EventSink } from "./event-source.ts";
import { notesAbout } from "./notes.ts";
import { type AuditOptions, checkOptions } from "./options.ts";
import { Tally } from "./tally.ts";
import type { TaskAudit } from "./task-audit.ts";
import type { ToldEvent } from "./told-event.ts";

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

/** Where events come from. */
export interface Machine {
  readonly open: (options: AuditOptions, sink: EventSink) => Promise<EventSource>;
}

const MACHINE: Machine = { open: (options, sink) => EventSource.open(options, sink) };
const GRACE_MS = 1000;
const LOST_LINE = "audit-lost";

/**
 * A module of audit, for a registry of one's own.
 *
 * @param machine where events come from, for tests (default: this machine)
 * @throws TypeError or RangeError on a bad option
 */
export function createAudit(options: AuditOptions = {}, machine: Machine = MACHINE): Audit {
  checkOptions(options);
  return new AuditModule(options, machine);
}

class AuditModule implements Audit {
  readonly name: string;
  readonly version: string = VERSION;
  readonly lines: Readonly<Record<string, string>> = {
    [AUDIT_LINE]: "What the kernel's audit wrote of a task: who ran what, with what outcome.",
    [LOST_LINE]: "Records that were lost at our socket, in their place among the others.",
  };
  readonly watcher: WatcherModule["watcher"];
  readonly #machine: Machine;
  readonly #listeners = new Set<(audit: TaskAudit) => void>();
  #options: AuditOptions;
  #watch: Watch | undefined;
  #source: EventSource | undefined;
  #join: EventJoin | undefined;
  #log: RawLog | undefined;
  #tally = new Tally();
  #unrecorded = 0;
  #existing = 0;
  #failure: string | undefined;

  constructor(options: AuditOptions, machine: Machine) {
    const { name = "audit" } = options;
    this.name = name;
    this.#options = options;
    this.#machine = machine;
    this.watcher = {
      name,
      existing: true,
      init: (event, task) => this.#begin(task, event),
      exec: (event, task) => this.#join?.context(task)?.exec(event),
      exit: (event, task) => this.#join?.exit(event, task),
      free: (_event, task) => this.#join?.free(task),
    };
  }

  configure(options: Omit<AuditOptions, "name">): void {
    const merged = { ...this.#options, ...options };
    checkOptions(merged);
    this.#options = merged;
  }

  async open(watch: Watch): Promise<void> {
    const { log, graceMs = GRACE_MS, wanted = ["exit"] } = this.#options;
    this.#tally = new Tally();
    this.#unrecorded = 0;
    this.#existing = 0;
    this.#failure = undefined;
    this.#log = log && new RawLog(log);
    this.#join = new EventJoin({
      drain: () => this.#source?.drain(),
      joined: (context, told) => this.#joined(context, told),
      settled: (context, isComplete) => this.#settled(context, isComplete),
      graceMs,
      now: monotonicNs,
      wantsExits: wanted.includes("exit"),
    });
    const join = this.#join;
    this.#source = await this.#machine.open(this.#options, {
      event: (told) => {
        if (told.facts.pid !== undefined) join.event(told.facts.pid, told);
      },
      lost: ({ reason, count, sinceNs, untilNs }) =>
        watch.writeLine({
          type: LOST_LINE,
          timeNs: String(untilNs),
          reason,
          count,
          sinceNs: String(sinceNs),
          untilNs: String(untilNs),
        }),
      failed: (error) => void (this.#failure = error.message),
    });
    this.#watch = watch;
  }

  async close(): Promise<void> {
    try {
      await this.#source?.close();
    } finally {
      this.#join?.close();
      await this.#log?.close();
      this.#watch = undefined;
    }
  }

  listen(listener: (audit: TaskAudit) => void): () => void {
    // Wrapped, so that the same function may listen twice.
    const own = (audit: TaskAudit): void => listener(audit);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  status(): ModuleStatus {
    const log = this.#log?.counters;
    return {
      state: this.#watch === undefined ? "loaded" : "open",
      counters: {
        ...this.#source?.counters(),
        ...this.#join?.counters,
        unrecorded: this.#unrecorded,
        ...(log && { logged: log.eventsWritten, logDropped: log.eventsDropped }),
      },
      notes: this.#notes(),
    };
  }

  summary(): readonly SummaryTable[] {
    return this.#source === undefined ? [] : this.#tally.tables(this.#notes());
  }

  #begin(task: Task, { existing }: InitEvent): void {
    if (existing && task.pid === task.tgid) this.#existing++;
    this.#join?.begin(task, existing === true);
  }

  #joined({ task }: AuditContext, { event, facts, fromNs }: ToldEvent): void {
    this.#tally.add(facts);
    this.#log?.write(event);
    this.#watch?.writeLine(toAuditLine(facts, { timeNs: fromNs, task: task.id }));
  }

  #settled(context: AuditContext, isComplete: boolean): void {
    const { task, exit, loginuid, session, facts, failedExecs, unkept } = context;
    if (exit === undefined) return;
    this.#tally.failed(failedExecs);
    const execs = context.execs();
    this.#unrecorded += execs.filter((exec) => exec.facts === undefined).length;
    const audit: TaskAudit = {
      task,
      exit,
      ...(loginuid !== undefined && { loginuid }),
      ...(session !== undefined && { session }),
      execs,
      failedExecs,
      events: facts,
      unkept,
      isComplete,
    };
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

  #notes(): string[] {
    const source = this.#source;
    if (source === undefined) return [];
    return notesAbout({
      source,
      join: this.#join?.counters,
      log: this.#log?.counters,
      unrecorded: this.#unrecorded,
      existing: this.#existing,
      failure: this.#failure,
    });
  }
}
