import { Connector } from "../connector/connector.ts";
import type { Loss } from "../connector/loss.ts";
import type { EventSource, OpenEventSource } from "../source/event-source.ts";
import type { ExecFactsReader } from "../table/exec-facts.ts";
import type { TaskTable } from "../table/task-table.ts";
import { Backlog } from "./backlog.ts";
import { PidfdSource } from "./pidfd-source.ts";
import type { WatchCounters } from "./watch-counters.ts";

/** What a watch's source works on. */
export interface WatchSourceParts {
  readonly open: OpenEventSource;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly now: () => bigint;
  readonly table: () => TaskTable;
  readonly facts: ExecFactsReader;
  /** Kernel events that listeners want. */
  readonly notices: () => number;
  /** Events were lost on their way to us. */
  readonly lost: (loss: Loss) => void;
  /** Events were dropped because watchers are too slow. */
  readonly dropped: (loss: Loss) => void;
  /** All that was there has been told. */
  readonly settled: () => void;
}

/** Where a watch hears from: a source of process events; or pidfds, which tell of the end of single processes. */
export class WatchSource {
  readonly #parts: WatchSourceParts;
  #events: EventSource | undefined;
  #pidfds: PidfdSource | undefined;
  #backlog: Backlog;

  constructor(parts: WatchSourceParts) {
    this.#parts = parts;
    this.#backlog = new Backlog(parts.now());
  }

  /** Whether it tells of every exec. */
  get tellsExecs(): boolean {
    return this.#events !== undefined;
  }

  /** The descriptors, if those are all there is. */
  get pidfds(): PidfdSource | undefined {
    return this.#pidfds;
  }

  /** From now on a loss is one of this watch. */
  begin(): void {
    this.#backlog = new Backlog(this.#parts.now());
  }

  /** Opens a source of events. @throws SourceUnavailableError */
  openEvents(): void {
    const { open, table, facts, lost, notices } = this.#parts;
    this.#events = open({
      event: table().apply,
      lost,
      settled: () => this.#settled(),
      facts: (tgid, known) => facts.give(tgid, known),
      foretell: (tgid, timeNs) => facts.foretell(tgid, timeNs, table().process(tgid) !== undefined),
    });
    // Modules have asked while they were opened.
    this.#events.setNotices(notices());
  }

  /** Uses pidfds alone. */
  openPidfds(): void {
    this.#pidfds = new PidfdSource((end) => {
      const task = this.#parts.table().process(end.pid);
      if (task === undefined) return;
      task.status = end.status ?? -1;
      this.#parts.table().end(task, end.timeNs);
      this.#parts.settled();
    });
  }

  start(): void {
    this.#events?.start();
  }

  setNotices(mask: number): void {
    this.#events?.setNotices(mask);
  }

  hurry(wanted: boolean): void {
    this.#events?.hurry?.(wanted);
  }

  drain(): void {
    this.#events?.drain();
  }

  drainAll(): void {
    this.#events?.drainAll();
  }

  /** An event was dropped for a slow watcher's sake. */
  dropped(): void {
    this.#backlog.dropped();
  }

  /** A process was found by its exec: with pidfds alone nobody else tells how it ends. */
  found(tgid: number): void {
    try {
      this.#pidfds?.add(tgid);
    } catch {
      // No descriptor is free: a comparison with /proc finds that it has ended.
    }
  }

  counters(): Pick<WatchCounters, "connector" | "source"> {
    const events = this.#events;
    if (events === undefined) return {};
    if (events instanceof Connector) return { connector: events.counters() };
    return { source: { name: events.name, counters: events.counters() } };
  }

  ref(): void {
    this.#events?.ref();
    this.#pidfds?.ref();
  }

  unref(): void {
    this.#events?.unref();
    this.#pidfds?.unref();
  }

  close(): void {
    this.#events?.close();
    this.#pidfds?.close();
  }

  #settled(): void {
    this.#parts.facts.newTurn();
    const loss = this.#backlog.take(this.#parts.now());
    if (loss) this.#parts.dropped(loss);
    this.#parts.settled();
  }
}
