import type { Task, TaskNoticeName } from "@task-watchers/chain";
import type { LostEvent, ProcEventKind, TaskProcEvent } from "../event/proc-event.ts";
import type { ProcEventFilter } from "../filter/filter.ts";
import { Matcher, neededNotices } from "../filter/matcher.ts";
import type { ProcEventSink } from "./proc-event-source.ts";

/** One subscriber. */
class Subscription {
  readonly matcher: Matcher;
  readonly notices: readonly TaskNoticeName[];
  readonly sink: ProcEventSink;
  active = true;

  constructor(filter: ProcEventFilter, sink: ProcEventSink) {
    this.matcher = new Matcher(filter);
    this.notices = neededNotices(filter);
    this.sink = sink;
  }
}

/** Who is told of events. The list may change while it is told. */
export class Subscribers {
  #list: readonly Subscription[] = [];
  #kinds: ReadonlySet<ProcEventKind> = new Set();
  #failed = 0;
  readonly #changed: () => void;

  /** @param changed called when somebody came or went */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get size(): number {
    return this.#list.length;
  }

  /** Subscribers that threw, and were left out from then on. */
  get failed(): number {
    return this.#failed;
  }

  /** Whether anybody could want such an event. */
  want(kind: ProcEventKind): boolean {
    return this.#kinds.has(kind);
  }

  /** The notices that somebody wants. */
  get notices(): ReadonlySet<TaskNoticeName> {
    return new Set(this.#list.flatMap(({ notices }) => notices));
  }

  /**
   * Adds one. With tasks it first hears of those, as far as it wants them.
   *
   * @returns the undo
   * @throws TypeError or RangeError on a bad filter, Error `ESRCH` when a process it names is not there, `EINVAL` when it is
   *   a thread; what `changed` or the sink throws: then it was not added
   */
  add(
    filter: ProcEventFilter,
    sink: ProcEventSink,
    tasks: Iterable<Task> | undefined,
    existing: (task: Task) => TaskProcEvent,
  ): () => void {
    const subscription = new Subscription(filter, sink);
    const { matcher } = subscription;
    // A sink that changes something about the tasks does not change the list of those there are.
    const present = tasks === undefined ? undefined : [...tasks];
    if (present !== undefined) matcher.seed(present);
    const remove = (): void => this.#remove(subscription);
    try {
      this.#set([...this.#list, subscription]);
      for (const task of matcher.existing ? (present ?? []) : []) {
        const event = existing(task);
        if (subscription.active && matcher.matches(event, task)) sink.event(event);
      }
    } catch (error) {
      remove();
      throw error;
    }
    return remove;
  }

  /** A task began. */
  began(task: Task): void {
    for (const { matcher } of this.#list) matcher.began(task);
  }

  /** A task ended, and its exit was told. @throws what a sink threw, after all were told */
  ended(task: Task): void {
    this.#each(({ matcher, sink }) => {
      if (matcher.ended(task)) sink.over?.();
    });
  }

  /** @throws what a sink threw, after all were told */
  tell(event: TaskProcEvent, task: Task): void {
    const isExisting = event.type === "fork" && event.existing === true;
    this.#each(({ matcher, sink }) => {
      if (isExisting && !matcher.existing) return;
      if (matcher.matches(event, task)) sink.event(event);
    });
  }

  /**
   * @param noticesOnly only sid, ptrace, comm or coredump can have been lost: nothing to those who want none of them
   * @throws what a sink threw, after all were told
   */
  tellLost(event: LostEvent, noticesOnly = false): void {
    this.#each(({ notices, sink }) => {
      if (!noticesOnly || notices.length > 0) sink.lost(event);
    });
  }

  /** Tells all that no more will come, and forgets them. @throws what a sink threw, after all were told */
  end(): void {
    const ending = this.#list;
    try {
      this.#each(({ sink }) => sink.ended());
    } finally {
      for (const subscription of ending) subscription.active = false;
      this.#set(this.#list.filter(({ active }) => active));
    }
  }

  #each(tell: (subscription: Subscription) => void): void {
    let errors: unknown[] | undefined;
    for (const subscription of this.#list) {
      if (!subscription.active) continue;
      try {
        tell(subscription);
      } catch (error) {
        this.#failed++;
        this.#remove(subscription);
        errors = [...(errors ?? []), error];
      }
    }
    if (errors === undefined) return;
    throw errors.length === 1
      ? errors[0]
      : new AggregateError(errors, `${errors.length} subscribers failed`);
  }

  #remove(subscription: Subscription): void {
    if (!subscription.active) return;
    subscription.active = false;
    this.#set(this.#list.filter((other) => other !== subscription));
  }

  #set(list: readonly Subscription[]): void {
    this.#list = list;
    this.#kinds = new Set(list.flatMap(({ matcher }) => [...matcher.kinds]));
    this.#changed();
  }
}
