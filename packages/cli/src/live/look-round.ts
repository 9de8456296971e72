import { monotonicNs } from "@task-watchers/linux/clock";
import type { LiveTask } from "./live-tasks.ts";
import { lookAt } from "./task-figures.ts";

/** Between two goes, milliseconds; and how long one may take: events are to be read meanwhile. */
const GO_MS = 100;
const BUDGET_MS = 4;
/** A task is looked at no more often, nanoseconds. */
const AGAIN_NS = 900e6;

/** Looks at living tasks in turn, those on the screen first, a few at a time: however many there are, it costs the same. */
export class LookRound {
  readonly #living: Iterable<LiveTask>;
  readonly #shown: () => Iterable<LiveTask>;
  readonly #timer: NodeJS.Timeout;
  #turn: Iterator<LiveTask> | undefined;

  /** @param shown those that are on the screen now */
  constructor(living: Iterable<LiveTask>, shown: () => Iterable<LiveTask>) {
    this.#living = living;
    this.#shown = shown;
    this.#timer = setInterval(() => this.#go(), GO_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #go(): void {
    const until = performance.now() + BUDGET_MS;
    for (const task of this.#shown()) {
      look(task);
      if (performance.now() > until) return;
    }
    while (performance.now() < until) {
      this.#turn ??= this.#living[Symbol.iterator]();
      const next = this.#turn.next();
      if (next.done) {
        this.#turn = undefined;
        return;
      }
      look(next.value);
    }
  }
}

function look(task: LiveTask): void {
  if (task.end !== undefined) return;
  const nowNs = Number(monotonicNs());
  if (task.figures !== undefined && nowNs - task.figures.timeNs < AGAIN_NS) return;
  task.figures = lookAt(task, nowNs) ?? task.figures;
}
