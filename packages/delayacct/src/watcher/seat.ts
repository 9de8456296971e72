import type { ExitEvent, Task } from "@task-watchers/chain";
import type { Arrival, Counted } from "./arrival.ts";
import { addFigures, type Figures } from "./figures.ts";
import { type Fit, fitOf } from "./fit.ts";

/** How a task began. */
export interface Beginning {
  /** It was there before the watch. */
  readonly existing: boolean;
  /** `startNs` is the fork event's; else it is counted in ticks, or was found out later. */
  readonly isExact: boolean;
}

/** A record that may be that of a task's end, and how well it fits. */
interface Candidate {
  readonly arrival: Arrival;
  readonly fit: Fit;
}

/** What is known of the records that a task has not got. */
export interface Others {
  /** No record made in its life was lost. */
  readonly isComplete: boolean;
  /** Nanoseconds within which a pid does not come round again, unless somebody asks for it. */
  readonly pidRoundNs: bigint;
}

/** Candidates kept: of so many, no matter how they fit, none is told from the others. */
const CANDIDATES = 16;

/** What is known of a task's records. */
export class Seat {
  readonly task: Task;
  readonly existing: boolean;
  /** The record of its end, once that is decided. */
  final: Arrival | undefined;
  /** Its exit was told, and it waits for the record. */
  exit: ExitEvent | undefined;
  readonly #isExact: boolean;
  #candidates: Arrival[] = [];
  #threads: Figures | undefined;
  #threadCount = 0;
  #isDelayed = false;

  constructor(task: Task, { existing, isExact }: Beginning) {
    this.task = task;
    this.existing = existing;
    this.#isExact = isExact;
  }

  /**
   * Takes a record that may be of this task. That of the last thread may come before those of others, which ended on other
   * CPUs; and which of several is that of its end is decided when its exit is told.
   *
   * @returns false when it cannot be of this task
   */
  take(arrival: Arrival): boolean {
    if (this.final !== undefined || this.#fit(arrival, this.exit) === "none") return false;
    const isFinal = arrival.isLast || this.#isThread;
    if (!isFinal) this.#add(arrival.own());
    else if (this.#candidates.length < CANDIDATES) this.#candidates.push(arrival);
    else return false;
    return true;
  }

  /** Other threads ended before the last one. */
  get hadThreads(): boolean {
    return (
      this.#threads !== undefined ||
      this.final?.hasGroup === true ||
      this.#candidates.some(({ hasGroup }) => hasGroup)
    );
  }

  /** How many threads it had in all; undefined when not all of them were seen. */
  get threadCount(): number | undefined {
    if (this.#isThread) return undefined;
    if (this.final === undefined || this.existing) return undefined;
    // The kernel's sum says that there were others.
    const isKnown = this.#threadCount > 0 || !this.final.hasGroup;
    return isKnown ? this.#threadCount + 1 : undefined;
  }

  get hasCandidates(): boolean {
    return this.#candidates.length > 0;
  }

  /**
   * Decides which record is that of the end. Nothing is better than another task's: unless all records that could be its own
   * are there, only one that is near enough in time is taken, and of several alike none.
   *
   * @returns whether it was decided
   */
  decide(exit: ExitEvent, others: Others): boolean {
    const all: Candidate[] = [];
    for (const arrival of this.#candidates) {
      const fit = this.#fit(arrival, exit);
      if (fit !== "none") all.push({ arrival, fit });
    }
    this.final = choose(all, others);
    return this.final !== undefined;
  }

  /** A record fits so well that no other may be meant. */
  isSure(exit: ExitEvent): boolean {
    return this.#candidates.some((arrival) => this.#fit(arrival, exit) === "sure");
  }

  /** A record that fits at all is there. */
  mayEnd(exit: ExitEvent): boolean {
    return this.#candidates.some((arrival) => this.#fit(arrival, exit) !== "none");
  }

  /** Takes away the records that were not chosen: they may be of a task that has its pid now. */
  takeLeft(): Arrival[] {
    const left = this.#candidates.filter((arrival) => arrival !== this.final);
    this.#candidates = [];
    return left;
  }

  /**
   * All that was counted. Of a process with several threads the kernel's own sum counts, for what is in it; storage, faults
   * and peak memory are added up from the threads' records. Undefined while there is no record at all.
   */
  total(): Counted | undefined {
    const last = this.final?.own();
    if (last === undefined) {
      return this.#threads && { figures: this.#threads, isDelayed: this.#isDelayed };
    }
    const figures = this.#threads ? addFigures(this.#threads, last.figures) : last.figures;
    const isDelayed = this.#isDelayed || last.isDelayed;
    const group = this.#isThread ? undefined : this.final?.group();
    if (group === undefined) return { figures, isDelayed };
    return {
      figures: { ...figures, ...group.figures },
      isDelayed: isDelayed || group.isDelayed,
    };
  }

  /** The name of the task at its end; that of another thread is not its process's. */
  get comm(): string | undefined {
    return this.final?.pid === this.task.pid ? this.final.comm : undefined;
  }

  get #isThread(): boolean {
    return this.task.pid !== this.task.tgid;
  }

  #fit(arrival: Arrival, exit: ExitEvent | undefined): Fit {
    const isPart = !arrival.isLast && !this.#isThread;
    return fitOf(arrival, {
      startNs: this.task.startNs,
      isStartExact: this.#isExact,
      endNs: exit?.timeNs,
      isEndVague: exit?.synthetic !== undefined,
      isThread: this.#isThread,
      hadThreads: isPart || this.#threads !== undefined,
    });
  }

  #add({ figures, isDelayed }: Counted): void {
    this.#threads = this.#threads ? addFigures(this.#threads, figures) : { ...figures };
    this.#threadCount++;
    this.#isDelayed ||= isDelayed;
  }
}

function choose(
  all: readonly Candidate[],
  { isComplete, pidRoundNs }: Others,
): Arrival | undefined {
  for (const wanted of ["sure", "close", "possible"] as const) {
    const [first, ...more] = all.filter(({ fit }) => fit === wanted);
    if (first === undefined) continue;
    if (more.length > 0) return undefined;
    const { arrival } = first;
    const isNarrow = wanted === "close" && arrival.madeToNs - arrival.madeFromNs <= pidRoundNs;
    return isComplete || wanted === "sure" || isNarrow ? arrival : undefined;
  }
  return undefined;
}
