import type { Task } from "@task-watchers/chain";
import { isUnavailable, type Unavailable } from "@task-watchers/linux/procfs";
import type { Figures } from "../watcher/figures.ts";
import { Budget } from "./budget.ts";
import type { ProcLook } from "./proc-look.ts";
import { ProcTotals } from "./proc-totals.ts";

/** What a sampler needs. */
export interface ProcSamplerParts {
  readonly look: (pid: number) => ProcLook | Unavailable;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly now: () => bigint;
  /** Milliseconds between looks at a task that lives. */
  readonly intervalMs: number;
  readonly budget?: Budget;
}

/** What was seen of a task. */
export interface Sampled {
  readonly figures: Readonly<Figures>;
  readonly reasons: Readonly<Record<string, string>>;
  /** CLOCK_MONOTONIC, nanoseconds: when it was looked at last. */
  readonly asOfNs: bigint;
  /** It had several threads. */
  readonly hadThreads: boolean;
}

interface Watched {
  totals: ProcTotals | undefined;
  asOfNs: bigint;
}

/**
 * Looks at the live tasks every now and then, and once more at their end: one that has ended can still be looked at until
 * its parent has asked for its status. Takes 5 % of a CPU at most; looks left out for that are counted.
 */
export class ProcSampler {
  readonly #parts: ProcSamplerParts;
  readonly #budget: Budget;
  readonly #watched = new Map<Task, Watched>();
  #round: IterableIterator<[Task, Watched]> | undefined;
  readonly #timer: NodeJS.Timeout;
  #looks = 0;
  #leftOut = 0;

  constructor(parts: ProcSamplerParts) {
    this.#parts = parts;
    this.#budget = parts.budget ?? new Budget();
    this.#timer = setInterval(() => this.sample(), parts.intervalMs);
    this.#timer.unref();
  }

  /** Looks that found the task. */
  get looks(): number {
    return this.#looks;
  }

  /** Looks not made, for the time they would have taken. */
  get leftOut(): number {
    return this.#leftOut;
  }

  begin(task: Task): void {
    this.#watched.set(task, { totals: undefined, asOfNs: task.startNs });
  }

  /** Looks at the live tasks, those first that were left out the last time. */
  sample(): void {
    this.#round ??= this.#watched.entries();
    for (;;) {
      const next = this.#round.next();
      if (next.done === true) break;
      const [task, watched] = next.value;
      if (this.#look(task, watched)) continue;
      // The time is used up; the next round goes on with the one after this.
      return;
    }
    this.#round = undefined;
  }

  /** A last look. @returns what was seen, or why nothing was: `gone`, or `overload` */
  end(task: Task): Sampled | Unavailable {
    const watched = this.#watched.get(task) ?? { totals: undefined, asOfNs: task.startNs };
    this.#watched.delete(task);
    const inTime = this.#look(task, watched);
    if (watched.totals === undefined) return { missing: inTime ? "gone" : "overload" };
    const { totals, asOfNs } = watched;
    return {
      figures: totals.figures(),
      reasons: totals.reasons,
      asOfNs,
      hadThreads: totals.hadThreads,
    };
  }

  free(task: Task): void {
    this.#watched.delete(task);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watched.clear();
  }

  /** @returns false when there was no time */
  #look(task: Task, watched: Watched): boolean {
    const asOfNs = this.#parts.now();
    const look = this.#budget.spend(() => this.#parts.look(task.pid));
    if (look === undefined) {
      this.#leftOut++;
      return false;
    }
    if (isUnavailable(look)) return true;
    watched.totals ??= isStartOf(task, look) ? new ProcTotals(look.startTicks) : undefined;
    if (watched.totals?.add(look)) {
      watched.asOfNs = asOfNs;
      this.#looks++;
    }
    return true;
  }
}

/** A fork's event may be stamped some ticks after the start that /proc shows; a pid comes round again later than that. */
const SAME_START_TICKS = 10;

function isStartOf({ id }: Task, { startTicks }: ProcLook): boolean {
  const expected = Number(id.slice(id.indexOf(".") + 1));
  return Math.abs(expected - startTicks) <= SAME_START_TICKS;
}
