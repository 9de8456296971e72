import type { ExitEvent, Task } from "@task-watchers/chain";
import { type Arrival, type Counted, fits, mayBeOf } from "./arrival.ts";
import { addFigures, type Figures } from "./figures.ts";

/** What is known of a task's records. */
export class Seat {
  readonly task: Task;
  /** It was there before the watch. */
  readonly existing: boolean;
  /** Delay accounting was on when the task began; undefined when that is not known. */
  readonly wasOn: boolean | undefined;
  /** The record of its end, or of an earlier task's end with the same pid. */
  final: Arrival | undefined;
  /** Its exit was told, and it waits for the record. */
  exit: ExitEvent | undefined;
  #threads: Figures | undefined;
  #isDelayed = false;

  constructor(task: Task, existing: boolean, wasOn: boolean | undefined) {
    this.task = task;
    this.existing = existing;
    this.wasOn = wasOn;
  }

  /**
   * Takes a record that may be of this task. That of the last thread may come before those of others, which ended on other
   * CPUs.
   *
   * @returns false when it cannot be of this task, or when its end is there already
   */
  take(arrival: Arrival): boolean {
    if (!mayBeOf(arrival, this.task.startNs)) return false;
    const isFinal = arrival.isLast || this.#isThread;
    if (!isFinal) this.#add(arrival.own());
    else if (this.final !== undefined || !this.#mayEnd(arrival)) return false;
    else this.final = arrival;
    return true;
  }

  /** Other threads ended before the last one. */
  get hadThreads(): boolean {
    return this.#threads !== undefined || this.final?.hasGroup === true;
  }

  /** Whether a record is that of the end which the event tells. */
  fits(arrival: Arrival, { timeNs, synthetic }: ExitEvent): boolean {
    const life = { startNs: this.task.startNs, endNs: timeNs, isEndVague: synthetic !== undefined };
    // The last thread of a process lived for a part of it only.
    const isPart =
      !this.#isThread && (arrival.pid !== arrival.tgid || arrival.hasGroup || this.hadThreads);
    return fits(arrival, { ...life, isEndVague: life.isEndVague || isPart });
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

  #mayEnd(arrival: Arrival): boolean {
    return this.exit === undefined || this.fits(arrival, this.exit);
  }

  /** The name of the task at its end; that of another thread is not its process's. */
  get comm(): string | undefined {
    return this.final?.pid === this.task.pid ? this.final.comm : undefined;
  }

  get #isThread(): boolean {
    return this.task.pid !== this.task.tgid;
  }

  #add({ figures, isDelayed }: Counted): void {
    this.#threads = this.#threads ? addFigures(this.#threads, figures) : { ...figures };
    this.#isDelayed ||= isDelayed;
  }
}
