import type { TaskWatchers } from "@task-watchers/chain";
import type { ProcReader } from "@task-watchers/linux/procfs";
import type { Loss } from "../connector/loss.ts";
import type { OpenEventSource } from "../source/event-source.ts";
import { BootTime } from "../table/boot-time.ts";
import { Delivery } from "../table/delivery.ts";
import { ExecFactsReader } from "../table/exec-facts.ts";
import { Reconciler } from "../table/reconcile.ts";
import { AllTasks, Descent } from "../table/scope.ts";
import { idsOf } from "../table/task-ids.ts";
import { TaskTable } from "../table/task-table.ts";
import type { TrackedTask } from "../table/tracked-task.ts";
import { ExecsToStop } from "./execs-to-stop.ts";
import { Idleness } from "./idleness.ts";
import { Listeners } from "./listeners.ts";
import { PresentTasks } from "./present-tasks.ts";
import type { WatchOptions } from "./watch-options.ts";
import { WatchSource } from "./watch-source.ts";

/** What a watch is made of. */
export interface TaskWatchParts {
  readonly watchers: TaskWatchers;
  readonly proc: ProcReader;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly now: () => bigint;
  readonly open: OpenEventSource;
}

/** The rooms of a watch, with the doors between them. */
export class WatchRooms {
  readonly scope: AllTasks | Descent;
  readonly facts: ExecFactsReader;
  readonly boot: BootTime = new BootTime();
  readonly source: WatchSource;
  readonly delivery: Delivery;
  readonly table: TaskTable;
  readonly toStop: ExecsToStop;
  readonly present: PresentTasks;
  readonly reconciler: Reconciler;
  readonly listeners: Listeners = new Listeners((mask) => this.source.setNotices(mask));
  readonly idleness: Idleness = new Idleness(
    () => this.table.size === 0 && this.delivery.busy === 0,
  );
  readonly #options: WatchOptions;
  readonly #watchers: TaskWatchers;

  constructor(options: WatchOptions, parts: TaskWatchParts) {
    this.#options = options;
    this.#watchers = parts.watchers;
    const { watchers, proc, now } = parts;
    this.scope = options.scope === "all" ? new AllTasks() : new Descent();
    this.facts = new ExecFactsReader(proc);
    this.source = new WatchSource({
      open: parts.open,
      now,
      table: () => this.table,
      facts: this.facts,
      notices: () => this.listeners.mask,
      lost: (loss) => this.#lost(loss),
      dropped: (loss) => this.#tellLost(loss),
      settled: () => this.idleness.check(),
    });
    this.delivery = new Delivery(
      (event, task) => watchers.chain.raise(event, task),
      () => this.idleness.check(),
      () => this.source.dropped(),
    );
    this.toStop = new ExecsToStop({
      table: () => this.table,
      boot: this.boot,
      confirms: () => this.source.tellsExecs,
      drain: () => this.source.drainAll(),
      isHeard: () => watchers.chain.has("exec"),
      hurry: (wanted) => this.source.hurry(wanted),
      found: ({ tgid }) => this.source.found(tgid),
      failed: (notice, task) => this.listeners.execFailed(notice, task),
      lastCalled: (event) => watchers.chain.lastCalled(event),
    });
    this.table = new TaskTable({
      stopped: this.toStop,
      scope: this.scope,
      delivery: this.delivery,
      facts: this.facts,
      boot: this.boot,
      threads: options.threads ?? false,
      idsOf: (pid) => idsOf(proc, pid),
      existing: (task) => this.#visit(task),
      notices: this.listeners,
    });
    this.present = new PresentTasks(proc, this.table);
    this.reconciler = new Reconciler({
      table: this.table,
      proc,
      boot: this.boot,
      now,
      scope: this.scope,
      drain: () => this.source.drain(),
      done: () => this.idleness.check(),
    });
  }

  #lost(loss: Loss): void {
    this.#tellLost(loss);
    if (loss.notices) return;
    this.toStop.ledger.lost();
    this.reconciler.request(true);
  }

  #tellLost(loss: Loss): void {
    this.#options.onLost?.(loss);
    this.listeners.lost(loss);
  }

  #visit(task: TrackedTask): void {
    const event = { type: "init", timeNs: task.startNs, existing: true } as const;
    this.#watchers.chain.visit(task, event);
  }
}
