import type { Task, TaskWatchers, WatchListener } from "@task-watchers/chain";
import type { ProcReader } from "@task-watchers/linux/procfs";
import { BootTime } from "../table/boot-time.ts";
import { Connector } from "../connector/connector.ts";
import type { EventSource, OpenEventSource } from "../source/event-source.ts";
import { Delivery } from "../table/delivery.ts";
import { ExecFactsReader, type StartedWith } from "../table/exec-facts.ts";
import type { Loss } from "../connector/loss.ts";
import { Backlog } from "./backlog.ts";
import { inTime } from "./in-time.ts";
import { ExecsToStop } from "./execs-to-stop.ts";
import { Listeners } from "./listeners.ts";
import { openModules } from "./open-modules.ts";
import { PidfdSource, type ProcessEnd } from "./pidfd-source.ts";
import { PresentTasks } from "./present-tasks.ts";
import type { StoppedExecs } from "../stopped/stopped-execs.ts";
import { Reconciler } from "../table/reconcile.ts";
import { AllTasks, Descent } from "../table/scope.ts";
import { idsOf } from "../table/task-ids.ts";
import { TaskTable } from "../table/task-table.ts";
import type { TrackedTask } from "../table/tracked-task.ts";
import { warmUp } from "../table/warm-up.ts";
import type { WatchCounters } from "./watch-counters.ts";
import type { WatchOptions } from "./watch-options.ts";

/** What a watch is made of. */
export interface TaskWatchParts {
  readonly watchers: TaskWatchers;
  readonly proc: ProcReader;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly now: () => bigint;
  readonly open: OpenEventSource;
}

/** How long `close` waits for watchers that are still at work, milliseconds. */
const CLOSE_GRACE_MS = 2000;
/** How often the table is compared with /proc although nothing seems lost: the kernel may lack memory for an event. */
const COMPARE_MS = 5000;

/** A watch in progress. Keeps the process alive until `unref` or `close`. */
export class TaskWatch {
  readonly #options: WatchOptions;
  readonly #parts: TaskWatchParts;
  readonly #scope: AllTasks | Descent;
  readonly #facts: ExecFactsReader;
  readonly #boot = new BootTime();
  readonly #delivery: Delivery;
  readonly #table: TaskTable;
  readonly #reconciler: Reconciler;
  readonly #listeners = new Listeners((mask) => this.#source?.setNotices(mask));
  readonly #waiting: Array<() => void> = [];
  #source: EventSource | undefined;
  #pidfds: PidfdSource | undefined;
  #comparing: NodeJS.Timeout | undefined;
  #stopWatchers: (() => Promise<unknown>) | undefined;
  readonly #ending = new AbortController();
  readonly #onAbort = (): void => void this.close();
  #closing: Promise<void> | undefined;
  #abandoned = 0;
  readonly #present: PresentTasks;
  readonly #toStop: ExecsToStop;
  #backlog: Backlog;

  constructor(options: WatchOptions, parts: TaskWatchParts) {
    this.#options = options;
    this.#parts = parts;
    const { watchers, proc, now } = parts;
    this.#scope = options.scope === "all" ? new AllTasks() : new Descent();
    this.#facts = new ExecFactsReader(proc);
    this.#backlog = new Backlog(now());
    this.#delivery = new Delivery(
      (event, task) => watchers.chain.raise(event, task),
      () => this.#checkIdle(),
      () => this.#backlog.dropped(),
    );
    this.#toStop = new ExecsToStop({
      table: () => this.#table,
      boot: this.#boot,
      confirms: () => this.#source !== undefined,
      drain: () => this.#source?.drainAll(),
      found: (task) => this.#found(task),
      failed: (notice, task) => this.#listeners.execFailed(notice, task),
      lastCalled: (event) => watchers.chain.lastCalled(event),
    });
    this.#table = new TaskTable({
      stopped: this.#toStop,
      scope: this.#scope,
      delivery: this.#delivery,
      facts: this.#facts,
      boot: this.#boot,
      threads: options.threads ?? false,
      idsOf: (pid) => idsOf(proc, pid),
      existing: (task) => this.#visit(task),
      notices: this.#listeners,
    });
    this.#present = new PresentTasks(proc, this.#table);
    this.#reconciler = new Reconciler({
      table: this.#table,
      proc,
      boot: this.#boot,
      now,
      scope: this.#scope,
      drain: () => this.drain(),
      done: () => this.#checkIdle(),
    });
  }

  /** Opens the watchers' modules, listens, then looks at what is there already. Called once, by `watchTasks`. */
  async start(): Promise<void> {
    const { signal } = this.#options;
    this.#stopWatchers = await openModules(this.#parts.watchers, {
      signal: this.#ending.signal,
      tasks: () => this.#table.tasks(),
      listen: (listener) => this.listen(listener),
      writeLine: (line) => this.#options.onLine?.(line),
    });
    this.#backlog = new Backlog(this.#parts.now());
    try {
      warmUp(this.#parts.proc, this.#boot);
      this.#listen();
      if (this.#options.scope === "all") this.#present.adoptAll();
      this.#source?.start();
    } catch (error) {
      this.#source?.close();
      await this.#stopWatchers();
      throw error;
    }
    this.#comparing = setInterval(() => this.#reconciler.request(false), COMPARE_MS);
    this.#comparing.unref();
    if (signal?.aborted) await this.close();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  #listen(): void {
    if (this.#options.source === "pidfd") {
      this.#pidfds = new PidfdSource((end) => this.#processEnded(end));
      return;
    }
    this.#source = this.#parts.open({
      event: this.#table.apply,
      lost: (loss) => this.#lost(loss),
      settled: () => {
        this.#facts.newTurn();
        const dropped = this.#backlog.take(this.#parts.now());
        if (dropped) this.#tellLost(dropped);
        this.#checkIdle();
      },
      facts: (tgid, facts) => this.#facts.give(tgid, facts),
    });
    // Modules have asked while they were opened.
    this.#source.setNotices(this.#listeners.mask);
  }

  /**
   * Watches a process and its whole descent: a child just started, or any process with the descendants it has now.
   *
   * @param started what it was started with, where the caller knows: stands in for facts that /proc did not show in time
   * @throws RangeError when `pid` is no process id
   * @throws SyscallError `ESRCH` when there is no such process, `EINVAL` when it is a thread of one
   */
  follow(pid: number, started: StartedWith = {}): void {
    if (!Number.isSafeInteger(pid) || pid <= 0) {
      throw new RangeError(`pid must be a positive integer, got ${pid}`);
    }
    if (this.#scope instanceof AllTasks || this.#table.process(pid)) return;
    const pidfds = this.#pidfds;
    if (pidfds) {
      this.#present.adopt(pid, () => pidfds.add(pid));
      return;
    }
    // A child of ours has its fork event queued before spawn returns, though perhaps behind many others.
    this.#scope.await(pid);
    this.#facts.expect(pid, started);
    for (let turns = 0; turns < FOLLOW_TURNS && this.#scope.awaits(pid); turns++) this.drain();
    if (!this.#scope.awaits(pid)) return;
    this.#scope.forget(pid);
    this.#facts.expect(pid, undefined);
    this.#present.adoptDescent(pid);
  }

  /**
   * Tells the listener of losses and of the notices it has functions for, until the function returned is called. With the
   * pidfd source there are no notices.
   *
   * @throws SourceUnavailableError when there is no socket to be had for the notices
   */
  listen(listener: WatchListener): () => void {
    return this.#listeners.add(listener);
  }

  /** For whoever stops execs before they are made, as `stopExecs()` of @task-watchers/exec-stop does. */
  get stopped(): StoppedExecs {
    return this.#toStop.execs;
  }

  /** Live tasks. */
  tasks(): IterableIterator<Task> {
    return this.#table.tasks();
  }

  /** Live tasks, counted. */
  get size(): number {
    return this.#table.size;
  }

  /** Tasks that watchers are still at work on. */
  get busy(): number {
    return this.#delivery.busy;
  }

  counters(): WatchCounters {
    const stopped = this.stopped.counters();
    return {
      raised: { ...this.#table.counters },
      execs: this.#table.execs.counters(),
      ...(stopped.stopped + stopped.unknown > 0 && { stopped }),
      ...this.#sourceCounters(),
      missedFacts: this.#facts.missed,
      backlogDropped: this.#delivery.dropped,
      abandoned: this.#abandoned,
      comparisonsFailed: this.#reconciler.failed,
    };
  }

  #sourceCounters(): Pick<WatchCounters, "connector" | "source"> {
    const source = this.#source;
    if (source === undefined) return {};
    if (source instanceof Connector) return { connector: source.counters() };
    return { source: { name: source.name, counters: source.counters() } };
  }

  /** Resolves when none of the followed tasks lives any more and every watcher has been told, or on close. */
  async whenIdle(): Promise<void> {
    if (this.#isIdle() || this.#closing) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Reads what the kernel has queued, now. */
  drain(): void {
    this.#source?.drain();
  }

  ref(): void {
    this.#source?.ref();
    this.#pidfds?.ref();
  }

  unref(): void {
    this.#source?.unref();
    this.#pidfds?.unref();
  }

  /**
   * Stops listening, lets watchers finish (for two seconds at most), raises `free` for what still lives, closes the
   * modules. Safe twice.
   */
  close(): Promise<void> {
    // Known to be closing before anything is done: a watcher that is told meanwhile may close us too.
    this.#closing ??= Promise.resolve().then(() => this.#close());
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    clearInterval(this.#comparing);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#ending.abort();
    this.#source?.drainAll();
    this.stopped.close();
    this.#source?.close();
    this.#pidfds?.close();
    this.#reconciler.close();
    this.#table.abandon(this.#parts.now());
    await this.#watchersDone();
    this.#abandoned = this.#delivery.busy;
    if (this.#stopWatchers) await inTime(this.#stopWatchers(), CLOSE_GRACE_MS);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #watchersDone(): Promise<void> {
    if (this.#delivery.busy === 0) return;
    await inTime(new Promise<void>((resolve) => this.#waiting.push(resolve)), CLOSE_GRACE_MS);
  }

  #isIdle(): boolean {
    return this.#table.size === 0 && this.#delivery.busy === 0;
  }

  #checkIdle(): void {
    if (this.#waiting.length === 0 || !this.#isIdle()) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #lost(loss: Loss): void {
    this.#tellLost(loss);
    if (loss.notices) return;
    this.#toStop.ledger.lost();
    this.#reconciler.request(true);
  }

  #tellLost(loss: Loss): void {
    this.#options.onLost?.(loss);
    this.#listeners.lost(loss);
  }

  #processEnded(end: ProcessEnd): void {
    const task = this.#table.process(end.pid);
    if (task === undefined) return;
    task.status = end.status ?? -1;
    this.#table.end(task, end.timeNs);
    this.#checkIdle();
  }

  /** With pidfds alone nobody else tells how it ends. */
  #found({ tgid }: TrackedTask): void {
    try {
      this.#pidfds?.add(tgid);
    } catch {
      // No descriptor is free: a comparison with /proc finds that it has ended.
    }
  }

  #visit(task: TrackedTask): void {
    const event = { type: "init", timeNs: task.startNs, existing: true } as const;
    this.#parts.watchers.chain.visit(task, event);
  }
}

/** Turns of reading in which the fork event of a child just started is looked for. */
const FOLLOW_TURNS = 8;
