import type { ExitEvent, Task } from "@task-watchers/chain";
import { AuditContext } from "./audit-context.ts";
import { LooseEvents } from "./loose-events.ts";
import type { ToldEvent } from "./told-event.ts";
import { WaitingContexts } from "./waiting-contexts.ts";

/** What a join needs of its surroundings. */
export interface EventJoinParts {
  /** Reads what is queued now. */
  readonly drain: () => void;
  /** An event was found to be this task's. */
  readonly joined: (context: AuditContext, told: ToldEvent) => void;
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
  /** Events of tasks that nobody watches. */
  readonly others: number;
}

/** Nanoseconds by which the records' own clock must be past a task's end for nothing of it to come any more. */
const BEHIND_NS = 50_000_000n;

/** Joins events to tasks by process id and time: a pid is one process's at a time. */
export class EventJoin {
  readonly #parts: EventJoinParts;
  readonly #contexts = new Map<Task, AuditContext>();
  /** Of living processes, and of ended ones until their `free`. */
  readonly #byTgid = new Map<number, AuditContext[]>();
  readonly #loose = new LooseEvents();
  readonly #waiting: WaitingContexts;
  #joined = 0;
  #ambiguous = 0;
  /** Up to here, on the clock of tasks, all records have come. */
  #toldNs = 0n;

  constructor(parts: EventJoinParts) {
    this.#parts = parts;
    this.#waiting = new WaitingContexts(parts.graceMs, (context) => this.#settle(context));
  }

  get counters(): JoinCounters {
    return { joined: this.#joined, ambiguous: this.#ambiguous, others: this.#loose.dropped };
  }

  /** A task begins; threads have none of their own, since records name processes. */
  begin(task: Task, existing: boolean): void {
    if (task.pid !== task.tgid) return;
    const context = new AuditContext(task, existing);
    this.#contexts.set(task, context);
    const same = this.#byTgid.get(task.tgid);
    if (same === undefined) this.#byTgid.set(task.tgid, [context]);
    else same.push(context);
    const early = this.#loose.take(task.tgid, (told) => context.fits(told));
    for (const told of early) this.#join(context, told);
  }

  context(task: Task): AuditContext | undefined {
    return this.#contexts.get(task);
  }

  event(tgid: number, told: ToldEvent): void {
    if (told.fromNs > this.#toldNs) this.#toldNs = told.fromNs;
    const fitting = (this.#byTgid.get(tgid) ?? []).filter((context) => context.fits(told));
    const [context] = fitting;
    if (fitting.length > 1) this.#ambiguous++;
    else if (context === undefined) this.#loose.add(tgid, told, this.#parts.now());
    else {
      this.#join(context, told);
      if (this.#isComplete(context)) this.#waiting.done(context);
    }
    this.#waiting.settleOldest((waiting) => this.#isComplete(waiting));
  }

  /** The task's end; resolves when its records have come, or their time is over. */
  exit(event: ExitEvent, task: Task): Promise<void> | undefined {
    const context = this.#contexts.get(task);
    if (context === undefined || context.exit !== undefined) return undefined;
    context.exit = event;
    if (!this.#isComplete(context)) this.#parts.drain();
    if (!this.#isComplete(context)) return this.#waiting.add(context);
    this.#settle(context);
    return undefined;
  }

  free(task: Task): void {
    const context = this.#contexts.get(task);
    if (context === undefined) return;
    this.#contexts.delete(task);
    const same = this.#byTgid.get(task.tgid) ?? [];
    const left = same.filter((other) => other !== context);
    if (left.length > 0) this.#byTgid.set(task.tgid, left);
    else this.#byTgid.delete(task.tgid);
  }

  close(): void {
    this.#waiting.close();
    this.#loose.close();
    this.#contexts.clear();
    this.#byTgid.clear();
  }

  #join(context: AuditContext, told: ToldEvent): void {
    context.take(told);
    this.#joined++;
    this.#parts.joined(context, told);
  }

  #isComplete(context: AuditContext): boolean {
    const endNs = context.exit?.timeNs;
    if (endNs === undefined) return false;
    // Records come in the order in which calls ended.
    return (this.#parts.wantsExits && context.isComplete) || this.#toldNs > endNs + BEHIND_NS;
  }

  #settle(context: AuditContext): void {
    this.#parts.settled(context, this.#isComplete(context));
  }
}
