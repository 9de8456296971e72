import type { SyntheticReason } from "@task-watchers/chain";
import type { Raiser } from "./raiser.ts";
import type { TaskTableParts } from "./table-parts.ts";
import { TrackedTask } from "./tracked-task.ts";

/** The threads of the processes in the table besides their first: counted in any case, raised as tasks where that is wanted. */
export class Threads {
  readonly #parts: Pick<TaskTableParts, "boot" | "threads" | "existing">;
  readonly #raiser: Raiser;
  readonly #raised = new Map<number, TrackedTask>();

  constructor(parts: Pick<TaskTableParts, "boot" | "threads" | "existing">, raiser: Raiser) {
    this.#parts = parts;
    this.#raiser = raiser;
  }

  /** Those that are raised, counted. */
  get size(): number {
    return this.#raised.size;
  }

  /** A thread that is raised. */
  get(tid: number): TrackedTask | undefined {
    return this.#raised.get(tid);
  }

  /** All that are raised. */
  values(): IterableIterator<TrackedTask> {
    return this.#raised.values();
  }

  clear(): void {
    this.#raised.clear();
  }

  /** Those of a process that was there before. */
  adopt(process: TrackedTask, present: readonly number[]): void {
    const others = present.filter((tid) => tid !== process.pid);
    if (others.length > 0) process.threads = new Set(others);
  }

  /** Tells of them, after their process. */
  announceAdopted(process: TrackedTask): void {
    if (!this.#parts.threads) return;
    for (const tid of process.threads ?? []) {
      this.#parts.existing(this.#keep(tid, process, process.startNs, process.startTicks));
    }
  }

  /** One was made. */
  fork(tid: number, process: TrackedTask, timeNs: bigint): void {
    process.threads ??= new Set();
    if (process.threads.has(tid)) return;
    process.threads.add(tid);
    this.#begin(tid, process, timeNs);
  }

  /** One has ended. @returns whether it was there */
  exit(tid: number, process: TrackedTask, status: number, timeNs: bigint): boolean {
    if (process.threads?.delete(tid) !== true) return false;
    this.#end(tid, timeNs, undefined, status);
    return true;
  }

  /** All of a process are gone. */
  endAll(process: TrackedTask, timeNs: bigint, synthetic?: SyntheticReason): void {
    for (const tid of process.threads ?? []) this.#end(tid, timeNs, synthetic);
  }

  /** After a loss: those that are really there, by /proc. */
  correct(process: TrackedTask, present: readonly number[], timeNs: bigint): void {
    const others = new Set(present.filter((tid) => tid !== process.tgid));
    for (const tid of process.threads ?? []) {
      if (!others.has(tid)) this.#end(tid, timeNs, "reconciled");
    }
    const known = process.threads;
    process.threads = others.size > 0 ? others : undefined;
    for (const tid of others) {
      if (!known?.has(tid)) this.#begin(tid, process, timeNs, "reconciled");
    }
  }

  #begin(tid: number, process: TrackedTask, timeNs: bigint, synthetic?: SyntheticReason): void {
    if (!this.#parts.threads) return;
    const ticks = this.#parts.boot.ticks(timeNs);
    this.#raiser.begun(this.#keep(tid, process, timeNs, ticks), timeNs, synthetic);
  }

  #keep(tid: number, process: TrackedTask, startNs: bigint, ticks: number): TrackedTask {
    const thread = new TrackedTask(tid, process.tgid, process.ppid, startNs, ticks, process);
    this.#raised.set(tid, thread);
    return thread;
  }

  #end(tid: number, timeNs: bigint, synthetic?: SyntheticReason, status = -1): void {
    const thread = this.#raised.get(tid);
    if (thread === undefined) return;
    this.#raised.delete(tid);
    thread.status = status;
    this.#raiser.ended(thread, timeNs, synthetic);
  }
}
