import type { Task } from "@task-watchers/chain";
import { Seat } from "./seat.ts";
import { type WaitingSample, WaitingSamples } from "./waiting-samples.ts";

/** Tasks that are watched, and the samples that wait for them. */
export class Seats {
  readonly waiting: WaitingSamples = new WaitingSamples();
  readonly #seats = new Map<number, Seat>();
  /** Samples of nobody. */
  others = 0;

  take(task: Task): void {
    // Anew and behind all others: a pid may be used again.
    this.#seats.delete(task.pid);
    this.#seats.set(task.pid, new Seat(task));
  }

  /** @returns undefined when it has none, or another task has it by now */
  leave(task: Task): Seat | undefined {
    const seat = this.#seats.get(task.pid);
    if (seat?.task !== task) return undefined;
    this.#seats.delete(task.pid);
    return seat;
  }

  has(pid: number): boolean {
    return this.#seats.has(pid);
  }

  [Symbol.iterator](): IterableIterator<Seat> {
    return this.#seats.values();
  }

  /** Takes the samples of a task that are its own: threads with a task of their own have theirs. */
  samplesOf(seat: Seat, untilNs: bigint): WaitingSample[] {
    const { pid, tgid } = seat.task;
    const isOwn = (tid: number): boolean =>
      tid === pid || (seat.isProcess && this.#seats.get(tid)?.task.tgid !== tgid);
    const samples = this.waiting.take(tgid, untilNs, isOwn);
    const own = samples.filter(({ timeNs }) => timeNs >= seat.sinceNs);
    this.others += samples.length - own.length;
    return own;
  }

  /** Lets go of samples of processes that are not watched. */
  dropOthers(untilNs: bigint): void {
    for (const tgid of [...this.waiting.processes()]) {
      if (!this.has(tgid)) this.others += this.waiting.take(tgid, untilNs).length;
    }
  }

  /** Lets go of all that still wait. */
  clear(): void {
    this.#seats.clear();
    this.dropOthers(NEVER);
  }
}

/** Later than anything. */
const NEVER = 0xffff_ffff_ffff_ffffn;
