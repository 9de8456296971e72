import type { ExecFailedNotice, ExitEvent, Task } from "@task-watchers/chain";
import { AuditContext, type ContextParts } from "./audit-context.ts";
import { ByteBudget } from "./byte-budget.ts";
import { JoinedSerials } from "./joined-serials.ts";
import { LooseEvents } from "./loose-events.ts";
import { isWithin, PastTasks, type TaskSpan } from "./past-tasks.ts";
import type { ToldEvent } from "./told-event.ts";
import { WaitingContexts } from "./waiting-contexts.ts";

/** What a join needs of its surroundings. */
export interface EventJoinParts {
  /** Reads what is queued now. */
  readonly drain: () => void;
  /** An event was found to be this task's. */
  readonly joined: (taskId: string, told: ToldEvent) => void;
  /** An exec of a task failed, and it was none of a search along PATH. */
  readonly failed: ContextParts["failed"];
  /** All is there that will come. */
  readonly settled: (context: AuditContext, isComplete: boolean) => void;
  readonly graceMs: number;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly now: () => bigint;
  /** Ends come as records, too: without them there is nothing to know a complete task by. */
  readonly wantsExits: boolean;
}

/** What became of events. */
export interface JoinCounters {
  /** Events given to a task. */
  readonly joined: number;
  /** Events that may be of two tasks, and were given to neither. */
  readonly ambiguous: number;
  /** Events of tasks that nobody watches, and of none. */
  readonly others: number;
  /** Events that were let go for want of room, before it was known whether their task is watched. */
  readonly crowdedOut: number;
  /** Late parts of events that could be given to no task. */
  readonly strayLate: number;
}

/** Nanoseconds by which the records' own clock must be past a task's end for nothing of it to come any more. */
const BEHIND_NS = 50_000_000n;
/** Memory of what is kept for the ends of tasks, of all together, bytes. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** What was kept long enough is looked for so often, milliseconds. */
const TRIM_MS = 500;

/** Joins events to tasks by process id and time: a pid is one process's at a time. */
export class EventJoin {
  readonly #parts: EventJoinParts;
  readonly #shared: ContextParts;
  readonly #contexts = new Map<Task, AuditContext>();
  /** Of living processes, and of ended ones until their `free`. */
  readonly #byTgid = new Map<number, AuditContext[]>();
  readonly #past = new PastTasks();
  readonly #serials = new JoinedSerials();
  readonly #loose = new LooseEvents();
  readonly #waiting: WaitingContexts;
  readonly #trimming: NodeJS.Timeout;
  #joined = 0;
  #ambiguous = 0;
  #pidless = 0;
  #strayLate = 0;
  /** Up to here, on the clock of tasks, all records have come. */
  #toldNs = 0n;

  constructor(parts: EventJoinParts) {
    this.#parts = parts;
    this.#shared = { budget: new ByteBudget(KEPT_BYTES), failed: parts.failed };
    this.#waiting = new WaitingContexts(parts.graceMs, (context) => this.#settle(context));
    this.#trimming = setInterval(() => this.#trim(), TRIM_MS);
    this.#trimming.unref();
  }

  get counters(): JoinCounters {
    const { dropped, crowdedOut } = this.#loose;
    return {
      joined: this.#joined,
      ambiguous: this.#ambiguous,
      others: dropped + this.#pidless,
      crowdedOut,
      strayLate: this.#strayLate,
    };
  }

  /** A task begins; threads have none of their own, since records name processes. */
  begin(task: Task): void {
    if (task.pid !== task.tgid) return;
    const context = new AuditContext(task, this.#shared);
    this.#contexts.set(task, context);
    const same = this.#byTgid.get(task.tgid);
    if (same === undefined) this.#byTgid.set(task.tgid, [context]);
    else same.push(context);
    const early = this.#loose.take(task.tgid, (told) => isWithin(context.span, told));
    for (const told of early) this.#join(context.span, told);
  }

  context(task: Task): AuditContext | undefined {
    return this.#contexts.get(task);
  }

  event(told: ToldEvent): void {
    if (told.fromNs > this.#toldNs) this.#toldNs = told.fromNs;
    if (told.pid === undefined) this.#eventWithoutPid(told);
    else this.#eventOf(told.pid, told);
    this.#waiting.settleOldest((waiting) => this.#isComplete(waiting));
  }

  /** An exec of the task did not happen: there may be no more to wait for. */
  execFailed(notice: ExecFailedNotice, task: Task): void {
    const context = this.#contexts.get(task);
    if (context === undefined) return;
    context.execFailed(notice);
    if (this.#isComplete(context)) this.#waiting.done(context);
  }

  /** The task's end; resolves when its records have come, or their time is over. */
  exit(event: ExitEvent, task: Task): Promise<void> | undefined {
    const context = this.#contexts.get(task);
    if (context === undefined || context.exit !== undefined) return undefined;
    context.end(event);
    if (!this.#isComplete(context)) this.#parts.drain();
    if (!this.#isComplete(context)) return this.#waiting.add(context);
    this.#settle(context);
    return undefined;
  }

  /** The task goes; what still comes of it is its own. */
  free(task: Task): void {
    const context = this.#contexts.get(task);
    if (context === undefined) return;
    this.#contexts.delete(task);
    const same = this.#byTgid.get(task.tgid) ?? [];
    const left = same.filter((other) => other !== context);
    if (left.length > 0) this.#byTgid.set(task.tgid, left);
    else this.#byTgid.delete(task.tgid);
    context.letGo();
    this.#past.add(context.span, this.#parts.now());
  }

  close(): void {
    clearInterval(this.#trimming);
    this.#waiting.close();
    this.#loose.close();
    this.#past.close();
    this.#contexts.clear();
    this.#byTgid.clear();
  }

  #eventOf(tgid: number, told: ToldEvent): void {
    const living = (this.#byTgid.get(tgid) ?? []).map(({ span }) => span);
    const spans = [...living, ...this.#past.of(tgid)];
    const fitting = spans.filter((span) => isWithin(span, told));
    const [span] = fitting;
    if (fitting.length > 1) this.#ambiguous++;
    else if (span === undefined) this.#loose.add(tgid, told, this.#parts.now());
    else this.#join(span, told);
  }

  /** Part of an event may have come when the rest was told: it belongs to whoever has that. */
  #eventWithoutPid(told: ToldEvent): void {
    const span = told.isLate ? this.#serials.get(told.event.stamp) : undefined;
    if (span !== undefined) this.#join(span, told);
    else if (told.isLate) this.#strayLate++;
    else this.#pidless++;
  }

  #join(span: TaskSpan, told: ToldEvent): void {
    this.#joined++;
    this.#serials.add(told.event.stamp, span);
    this.#parts.joined(span.id, told);
    const context = this.#byTgid.get(span.tgid)?.find((one) => one.span === span);
    if (context === undefined) return;
    context.take(told);
    if (this.#isComplete(context)) this.#waiting.done(context);
  }

  #isComplete(context: AuditContext): boolean {
    const endNs = context.exit?.timeNs;
    if (endNs === undefined) return false;
    // Records come in the order in which calls ended.
    return (this.#parts.wantsExits && context.isComplete) || this.#toldNs > endNs + BEHIND_NS;
  }

  #settle(context: AuditContext): void {
    try {
      this.#parts.settled(context, this.#isComplete(context) && !context.lacksCrash);
    } finally {
      context.letGo();
    }
  }

  #trim(): void {
    const nowNs = this.#parts.now();
    this.#loose.trim(nowNs);
    this.#past.trim(nowNs, this.#toldNs);
  }
}
