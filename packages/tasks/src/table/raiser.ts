import type { ExecEvent, SyntheticReason } from "@task-watchers/chain";
import type { Delivery } from "./delivery.ts";
import { ExecCounts } from "./exec-counts.ts";
import { exitEvent, marked } from "./exit-event.ts";
import type { TrackedTask } from "./tracked-task.ts";

/** How many notifications of each kind were raised, and how many of them no event stood behind. */
export interface TableCounters {
  clones: number;
  execs: number;
  exits: number;
  synthetic: number;
}

/** Raises the turns of a task's life, and counts them. */
export class Raiser {
  readonly counters: TableCounters = { clones: 0, execs: 0, exits: 0, synthetic: 0 };
  readonly execs: ExecCounts = new ExecCounts();
  readonly #delivery: Delivery;

  constructor(delivery: Delivery) {
    this.#delivery = delivery;
  }

  begun(task: TrackedTask, timeNs: bigint, synthetic?: SyntheticReason): void {
    this.counters.clones++;
    if (synthetic === undefined) {
      this.#delivery.deliver(task, { type: "init", timeNs });
      this.#delivery.deliver(task, { type: "clone", timeNs });
      return;
    }
    this.counters.synthetic++;
    this.#delivery.deliver(task, { type: "init", timeNs, synthetic });
    this.#delivery.deliver(task, { type: "clone", timeNs, synthetic });
  }

  /** It runs another program. */
  exec(task: TrackedTask, event: ExecEvent): void {
    this.#enter(task, event);
    this.#delivery.deliver(task, event);
  }

  /** It is about to. Returns the chain's answer; see `Delivery.ask`. */
  ask(task: TrackedTask, event: ExecEvent): number | PromiseLike<number> {
    this.#enter(task, event);
    return this.#delivery.ask(task, event);
  }

  /** It did not. @param before what the task runs still */
  revert(task: TrackedTask, event: ExecEvent, before: ExecEvent | undefined): void {
    this.execs.count(event, -1);
    if (task.exec === event) task.exec = before;
  }

  ended(task: TrackedTask, timeNs: bigint, synthetic?: SyntheticReason): void {
    this.counters.exits++;
    if (synthetic) this.counters.synthetic++;
    this.#delivery.deliver(task, exitEvent(task, timeNs, synthetic));
    this.#delivery.deliver(task, { type: "free", timeNs, ...marked(synthetic) });
  }

  #enter(task: TrackedTask, event: ExecEvent): void {
    this.counters.execs++;
    if (event.synthetic) this.counters.synthetic++;
    this.execs.count(event, 1);
    task.exec = event;
  }
}
