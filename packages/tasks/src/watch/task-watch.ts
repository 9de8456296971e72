import type { Task, WatchListener } from "@task-watchers/chain";
import type { StoppedExecs } from "../stopped/stopped-execs.ts";
import type { StartedWith } from "../table/exec-facts.ts";
import { warmUp } from "../table/warm-up.ts";
import { follow } from "./follow.ts";
import { inTime } from "./in-time.ts";
import { openModules } from "./open-modules.ts";
import type { WatchCounters } from "./watch-counters.ts";
import type { WatchOptions } from "./watch-options.ts";
import { type TaskWatchParts, WatchRooms } from "./watch-rooms.ts";

/** How long `close` waits for watchers that are still at work, milliseconds. */
const CLOSE_GRACE_MS = 2000;
/** How often the table is compared with /proc although nothing seems lost: the kernel may lack memory for an event. */
const COMPARE_MS = 5000;

/** A watch in progress. Keeps the process alive until `unref` or `close`. */
export class TaskWatch {
  readonly #options: WatchOptions;
  readonly #parts: TaskWatchParts;
  readonly #rooms: WatchRooms;
  #comparing: NodeJS.Timeout | undefined;
  #stopWatchers: (() => Promise<unknown>) | undefined;
  readonly #ending = new AbortController();
  readonly #onAbort = (): void => void this.close();
  #closing: Promise<void> | undefined;
  #abandoned = 0;

  constructor(options: WatchOptions, parts: TaskWatchParts) {
    this.#options = options;
    this.#parts = parts;
    this.#rooms = new WatchRooms(options, parts);
  }

  /** Opens the watchers' modules, listens, then looks at what is there already. Called once, by `watchTasks`. */
  async start(): Promise<void> {
    const { signal } = this.#options;
    this.#stopWatchers = await openModules(this.#parts.watchers, {
      signal: this.#ending.signal,
      tasks: () => this.#rooms.table.tasks(),
      listen: (listener) => this.listen(listener),
      hasTrace: this.#options.onLine !== undefined,
      writeLine: (line) => this.#options.onLine?.(line),
    });
    this.#rooms.source.begin();
    try {
      warmUp(this.#parts.proc, this.#rooms.boot);
      if (this.#options.source === "pidfd") this.#rooms.source.openPidfds();
      else this.#rooms.source.openEvents();
      if (this.#options.scope === "all") this.#rooms.present.adoptAll();
      this.#rooms.source.start();
    } catch (error) {
      this.#rooms.source.close();
      await this.#stopWatchers();
      throw error;
    }
    this.#comparing = setInterval(() => this.#rooms.reconciler.request(false), COMPARE_MS);
    this.#comparing.unref();
    if (signal?.aborted) await this.close();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /**
   * Watches a process and its whole descent: a child just started, or any process with the descendants it has now.
   *
   * @param started what it was started with, where the caller knows: stands in for facts that /proc did not show in time
   * @throws RangeError when `pid` is no process id
   * @throws Error `EBADF` once the watch is closed
   * @throws SyscallError `ESRCH` when there is no such process, `EINVAL` when it is a thread of one
   */
  follow(pid: number, started: StartedWith = {}): void {
    if (this.#closing) {
      throw Object.assign(new Error(`cannot follow ${pid}: the watch is closed`), {
        code: "EBADF",
      });
    }
    follow(this.#rooms, pid, started);
  }

  /**
   * Tells the listener of losses and of the notices it has functions for, until the function returned is called. With the
   * pidfd source there are no notices.
   *
   * @throws SourceUnavailableError when there is no socket to be had for the notices
   */
  listen(listener: WatchListener): () => void {
    return this.#rooms.listeners.add(listener);
  }

  /** For whoever stops execs before they are made, as `stopExecs()` of @task-watchers/exec-stop does. */
  get stopped(): StoppedExecs {
    return this.#rooms.toStop.execs;
  }

  /** Live tasks. */
  tasks(): IterableIterator<Task> {
    return this.#rooms.table.tasks();
  }

  /** Live tasks, counted. */
  get size(): number {
    return this.#rooms.table.size;
  }

  /** Tasks that watchers are still at work on. */
  get busy(): number {
    return this.#rooms.delivery.busy;
  }

  counters(): WatchCounters {
    const stopped = this.stopped.counters();
    return {
      raised: { ...this.#rooms.table.counters },
      execs: this.#rooms.table.execs.counters(),
      ...(stopped.stopped + stopped.unknown > 0 && { stopped }),
      ...this.#rooms.source.counters(),
      missedFacts: this.#rooms.facts.missed,
      backlogDropped: this.#rooms.delivery.dropped,
      abandoned: this.#abandoned,
      comparisonsFailed: this.#rooms.reconciler.failed,
    };
  }

  /** Resolves when none of the followed tasks lives any more and every watcher has been told, or on close. */
  async whenIdle(): Promise<void> {
    if (!this.#closing) await this.#rooms.idleness.reached();
  }

  /** Reads what the kernel has queued, now. */
  drain(): void {
    this.#rooms.source.drain();
  }

  ref(): void {
    this.#rooms.source.ref();
  }

  unref(): void {
    this.#rooms.source.unref();
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
    this.#rooms.source.drainAll();
    this.stopped.close();
    this.#rooms.source.close();
    this.#rooms.reconciler.close();
    this.#rooms.table.abandon(this.#parts.now());
    if (this.#rooms.delivery.busy > 0) await this.#rooms.idleness.inTime(CLOSE_GRACE_MS);
    this.#abandoned = this.#rooms.delivery.busy;
    if (this.#stopWatchers) await inTime(this.#stopWatchers(), CLOSE_GRACE_MS);
    this.#rooms.idleness.release();
  }
}
