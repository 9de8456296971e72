import type { ExitEvent, Task } from "@task-watchers/chain";
import type { ExitLoss } from "../taskstats/exit-record.ts";
import type { Arrival } from "./arrival.ts";
import { LooseRecords } from "./loose-records.ts";
import { LostTimes } from "./lost-times.ts";
import { Seat } from "./seat.ts";
import { WaitingSeats } from "./waiting-seats.ts";

/** What joining needs. */
export interface RecordJoinParts {
  /** Reads the records that are queued. */
  readonly drain: () => void;
  /** A task is over. `reason` says why the record of its end is missing; absent when it is there. */
  readonly settled: (seat: Seat, exit: ExitEvent, reason: string | undefined) => void;
  /** How long a record is waited for, milliseconds. */
  readonly graceMs: number;
}

/** What became of records and tasks. */
export interface JoinCounters {
  /** Tasks whose record was found. */
  joined: number;
  /** Tasks whose record was lost, or did not come. */
  missing: number;
}

/** Each takes some 2 KiB; the event of a task's beginning comes within milliseconds, on a host that keeps up. */
const LOOSE = { count: 32_768, ageNs: 3_000_000_000n };
/** A record is made before the exit event, mostly by less than this: its loss may have been noticed in between. */
const BEFORE_EXIT_NS = 500_000_000n;
/** Threads are counted with their process in any case: these are kept for a watch that asks for threads, too. */
const LOOSE_THREADS = { count: 4096, ageNs: 1_000_000_000n };

/**
 * Brings tasks and exit records together. The kernel queues a task's record before its exit event, but on another socket:
 * either may be read first, and so may a task's record and the event of its beginning.
 *
 * The records of a process's threads are added up as they come. The record of its last thread ends it, and no other: the
 * first thread's does not, as when another thread runs a program.
 */
export class RecordJoin {
  readonly #parts: RecordJoinParts;
  readonly #seats = new Map<Task, Seat>();
  /** Who has a pid now: records go there. */
  readonly #processes = new Map<number, Seat>();
  readonly #threads = new Map<number, Seat>();
  readonly #loose = new LooseRecords(LOOSE);
  readonly #looseThreads = new LooseRecords(LOOSE_THREADS);
  readonly #lost = new LostTimes();
  readonly #waiting: WaitingSeats;
  #misfits = 0;
  readonly counters: JoinCounters = { joined: 0, missing: 0 };

  constructor(parts: RecordJoinParts) {
    this.#parts = parts;
    this.#waiting = new WaitingSeats(parts.graceMs, (seat) => this.#giveUp(seat));
  }

  /** Records of no task that is watched, so far. */
  get unclaimed(): number {
    return this.#loose.dropped + this.#loose.size + this.#misfits;
  }

  /** Records lost, by the kernel's count. */
  get lost(): number {
    return this.#lost.count;
  }

  /** A task began, or was there already. */
  begin(task: Task, existing: boolean, wasOn: boolean | undefined): Seat {
    // The one before has its pid no more; should its end not have been told yet, it keeps the records it has.
    const before = this.#pidsOf(task).get(task.pid);
    if (before?.exit !== undefined) this.#giveUp(before);
    const seat = new Seat(task, existing, wasOn);
    this.#seats.set(task, seat);
    this.#pidsOf(task).set(task.pid, seat);
    this.#claim(seat);
    return seat;
  }

  record(arrival: Arrival): void {
    if (arrival.pid !== arrival.tgid) this.#recordThread(arrival);
    const seat = this.#processes.get(arrival.tgid);
    if (seat?.take(arrival)) this.#settleWaiting(seat);
    else this.#loose.add(arrival.tgid, arrival);
  }

  recordsLost(loss: ExitLoss): void {
    this.#lost.add(loss);
  }

  /** A task ended. @returns a promise while its record has not come */
  exit(event: ExitEvent, task: Task): Promise<void> | undefined {
    const seat = this.#seats.get(task);
    if (seat === undefined) return undefined;
    // Records of its other threads may still be queued for the CPUs they ended on.
    if (!this.#hasEnd(seat, event) || seat.hadThreads) this.#parts.drain();
    if (this.#hasEnd(seat, event)) {
      this.#settle(seat, event);
      return undefined;
    }
    seat.exit = event;
    // The thread that ran a program has left its old id without a record.
    const isHopeless = event.synthetic === "exec-from-thread" || this.#lost.covers(event.timeNs);
    if (!isHopeless) return this.#waiting.add(seat);
    this.#giveUp(seat);
    return undefined;
  }

  /** A task's state is let go. */
  free(task: Task): void {
    const seat = this.#seats.get(task);
    if (seat !== undefined) this.#leave(seat);
  }

  /** Nothing more will come: who waits is told so. */
  close(): void {
    this.#waiting.close();
  }

  #recordThread(arrival: Arrival): void {
    const seat = this.#threads.get(arrival.pid);
    if (seat?.take(arrival)) this.#settleWaiting(seat);
    else this.#looseThreads.add(arrival.pid, arrival);
  }

  /** The record of a task's end is here; one that cannot be its own is put away. */
  #hasEnd(seat: Seat, event: ExitEvent): boolean {
    if (seat.final !== undefined && !seat.fits(seat.final, event)) {
      seat.final = undefined;
      this.#misfits++;
      this.#claim(seat);
    }
    return seat.final !== undefined && seat.fits(seat.final, event);
  }

  #claim(seat: Seat): void {
    this.#looseOf(seat.task).take(seat.task.pid, (arrival) => seat.take(arrival));
  }

  #settleWaiting(seat: Seat): void {
    if (seat.exit === undefined || seat.final === undefined) return;
    this.#settle(seat, seat.exit);
  }

  #settle(seat: Seat, event: ExitEvent): void {
    this.#leave(seat);
    this.counters.joined++;
    this.#waiting.done(seat, () => this.#parts.settled(seat, event, undefined));
  }

  #giveUp(seat: Seat): void {
    const { exit } = seat;
    if (exit === undefined) return;
    this.#leave(seat);
    this.counters.missing++;
    this.#waiting.done(seat, () => this.#parts.settled(seat, exit, this.#whyMissing(exit)));
  }

  #whyMissing({ synthetic, timeNs }: ExitEvent): string {
    if (synthetic === "exec-from-thread") return synthetic;
    return this.#lost.covers(timeNs, timeNs - BEFORE_EXIT_NS) ? "lost" : "no-record";
  }

  #leave(seat: Seat): void {
    const { task } = seat;
    this.#seats.delete(task);
    const pids = this.#pidsOf(task);
    if (pids.get(task.pid) === seat) pids.delete(task.pid);
  }

  #pidsOf({ pid, tgid }: Task): Map<number, Seat> {
    return pid === tgid ? this.#processes : this.#threads;
  }

  #looseOf({ pid, tgid }: Task): LooseRecords {
    return pid === tgid ? this.#loose : this.#looseThreads;
  }
}
