import type {
  ExecEvent,
  ExitEvent,
  InitEvent,
  SummaryTable,
  Task,
  Watch,
} from "@task-watchers/chain";
import { monotonicNs } from "@task-watchers/linux";
import { AUDIT_LINE, toAuditLine } from "../trail/audit-line.ts";
import { RawLog } from "../trail/raw-log.ts";
import type { AuditContext } from "./audit-context.ts";
import { EventJoin } from "./event-join.ts";
import { EventSource } from "./event-source.ts";
import { notesAbout } from "./notes.ts";
import type { AuditOptions } from "./options.ts";
import { Tally } from "./tally.ts";
import type { TaskAudit } from "./task-audit.ts";
import type { ToldEvent } from "./told-event.ts";

/** Type of the trace line where records were lost. */
export const LOST_LINE = "audit-lost";

const GRACE_MS = 1000;

/** Who hears of every process at its end. */
export interface AuditListeners {
  /** Whether there are any. */
  has(): boolean;
  tell(audit: TaskAudit): void;
}

/** Audit during one watch: what is open for it, and what came of it. */
export class AuditWatch {
  readonly #watch: Watch;
  readonly #listeners: AuditListeners;
  readonly #join: EventJoin;
  readonly #tally = new Tally();
  #unlisten: (() => void) | undefined;
  #source: EventSource | undefined;
  #log: RawLog | undefined;
  #unrecorded = 0;
  #existing = 0;
  #failure: string | undefined;

  private constructor(options: AuditOptions, watch: Watch, listeners: AuditListeners) {
    const { graceMs = GRACE_MS, wanted = ["exit"] } = options;
    this.#watch = watch;
    this.#listeners = listeners;
    this.#join = new EventJoin({
      drain: () => this.#source?.drain(),
      joined: (taskId, told) => this.#joined(taskId, told),
      failed: (failed) => this.#tally.failed(failed),
      settled: (context, isComplete) => this.#settled(context, isComplete),
      graceMs,
      now: monotonicNs,
      wantsExits: wanted.includes("exit"),
    });
  }

  /**
   * Opens the log, then has the kernel write records.
   *
   * @throws AuditUnavailableError, or the error of a log that cannot be opened; then nothing is left behind
   */
  static async open(
    options: AuditOptions,
    watch: Watch,
    listeners: AuditListeners,
  ): Promise<AuditWatch> {
    const opened = new AuditWatch(options, watch, listeners);
    try {
      await opened.#open(options);
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }

  begin({ existing }: InitEvent, task: Task): void {
    if (existing && task.pid === task.tgid) this.#existing++;
    this.#join.begin(task);
  }

  exec(event: ExecEvent, task: Task): void {
    this.#join.context(task)?.exec(event);
  }

  exit(event: ExitEvent, task: Task): Promise<void> | undefined {
    return this.#join.exit(event, task);
  }

  free(task: Task): void {
    this.#join.free(task);
  }

  counters(): Readonly<Record<string, number>> {
    const log = this.#log?.counters;
    return {
      ...this.#source?.counters(),
      ...this.#join.counters,
      unrecorded: this.#unrecorded,
      ...(log && { logged: log.eventsWritten, logDropped: log.eventsDropped }),
    };
  }

  notes(): string[] {
    const source = this.#source;
    if (source === undefined) return [];
    return notesAbout({
      source,
      join: this.#join.counters,
      log: this.#log?.counters,
      unrecorded: this.#unrecorded,
      existing: this.#existing,
      failure: this.#failure,
      logFailure: this.#log?.firstError?.message,
    });
  }

  tables(): readonly SummaryTable[] {
    return this.#tally.tables(this.notes());
  }

  /** Ends what was opened; what was counted can be asked for on and on. */
  async close(): Promise<void> {
    this.#unlisten?.();
    try {
      await this.#source?.close();
    } finally {
      this.#join.close();
      await this.#log?.close();
    }
  }

  async #open(options: AuditOptions): Promise<void> {
    const { log } = options;
    this.#unlisten = this.#watch.listen?.({
      execFailed: (notice, task) => this.#join.execFailed(notice, task),
    });
    if (log !== undefined) this.#log = await RawLog.open(log);
    this.#source = await EventSource.open(options, {
      event: (told) => this.#join.event(told),
      lost: ({ reason, count, sinceNs, untilNs }) =>
        this.#watch.writeLine({
          type: LOST_LINE,
          timeNs: String(untilNs),
          reason,
          count,
          sinceNs: String(sinceNs),
          untilNs: String(untilNs),
        }),
      failed: (error) => void (this.#failure = error.message),
    });
  }

  #joined(task: string, told: ToldEvent): void {
    this.#tally.add(told.brief);
    this.#log?.write(told.event);
    if (this.#watch.hasTrace === false) return;
    this.#watch.writeLine(toAuditLine(told.facts, { timeNs: told.fromNs, task }));
  }

  #settled(context: AuditContext, isComplete: boolean): void {
    const { task, exit, loginuid, session, unkept } = context;
    if (exit === undefined) return;
    this.#unrecorded += context.unrecorded;
    // To read all facts of all events takes long.
    if (!this.#listeners.has()) return;
    const { facts } = context;
    const { execs, unkept: unkeptExecs } = context.execs();
    this.#listeners.tell({
      task,
      exit,
      ...(loginuid !== undefined && { loginuid }),
      ...(session !== undefined && { session }),
      execs,
      failedExecs: context.failedExecs(),
      events: facts,
      unkept,
      unkeptExecs,
      isComplete,
    });
  }
}

/** Lines of the trace, and what they say. */
export const LINES: Readonly<Record<string, string>> = {
  [AUDIT_LINE]: "What the kernel's audit wrote of a task: who ran what, with what outcome.",
  [LOST_LINE]: "Records that were lost at our socket, in their place among the others.",
};
