import type { ExitEvent, Task } from "@task-watchers/chain";
import type { ExitLoss } from "../taskstats/exit-record.ts";
import type { Arrival } from "./arrival.ts";
import { LooseRecords } from "./loose-records.ts";
import { LostTimes } from "./lost-times.ts";
import { type Beginning, type Others, Seat } from "./seat.ts";
import { WaitingSeats } from "./waiting-seats.ts";

/** What joining needs. */
export interface RecordJoinParts {
  /** Reads the records that are queued. */
  readonly drain: () => void;
  /** A task is over. `reason` says why the record of its end is missing; absent when it is there. */
  readonly settled: (seat: Seat, exit: ExitEvent, reason: string | undefined) => void;
  /** How long a record is waited for, milliseconds. */
  readonly graceMs: number;
  /** Nanoseconds within which a pid does not come round again. */
  readonly pidRoundNs: bigint;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly now: () => bigint;
}

/** What became of records and tasks. */
export interface JoinCounters {
  /** Tasks whose record was found. */
  joined: number;
  /** Tasks whose record was lost, did not come, or cannot be told from another task's. */
  missing: number;
}

/** Each takes some 2 KiB; the event of a task's beginning comes within milliseconds, on a host that keeps up. */
const LOOSE = { count: 32_768, ageNs: 3_000_000_000n };
/** A record is made before the exit event, mostly by less than this. */
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
  #drainedNs = 0n;
  readonly counters: JoinCounters = { joined: 0, missing: 0 };

  constructor(parts: RecordJoinParts) {
    this.#parts = parts;
    this.#waiting = new WaitingSeats(parts.graceMs, (seat) => this.#giveUp(seat));
  }

  /** Records of no task that is watched: it only grows, so one is counted when nobody may want it any more. */
  get unclaimed(): number {
    return this.#loose.dropped;
  }

  /** Records lost, by the kernel's count. */
  get lost(): number {
    return this.#lost.count;
  }

  /** A task began, or was there already. */
  begin(task: Task, beginning: Beginning): Seat {
    // The one before has its pid no more; should its end not have been told yet, it keeps the records it has.
    const before = this.#pidsOf(task).get(task.pid);
    if (before?.exit !== undefined) this.#giveUp(before);
    const seat = new Seat(task, beginning);
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
    // Its own may still be queued behind one that merely looks like it, and so may those of its other threads.
    if (!seat.isSure(event) || seat.hadThreads) this.#drainUntil(event.timeNs);
    if (seat.decide(event, this.#others(seat, event))) {
      this.#settle(seat, event);
      return undefined;
    }
    seat.exit = event;
    // The thread that ran a program has left its old id without a record.
    const isHopeless = event.synthetic === "exec-from-thread" || this.#lost.covers(event.timeNs);
    if (!isHopeless && !seat.mayEnd(event)) return this.#waiting.add(seat);
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
    this.#loose.close();
    this.#looseThreads.close();
  }

  #recordThread(arrival: Arrival): void {
    const seat = this.#threads.get(arrival.pid);
    if (seat?.take(arrival)) this.#settleWaiting(seat);
    else this.#looseThreads.add(arrival.pid, arrival);
  }

  /** What was queued at a time is read: a record is queued before the exit's event is made. */
  #drainUntil(timeNs: bigint): void {
    if (this.#drainedNs > timeNs) return;
    const sinceNs = this.#parts.now();
    this.#parts.drain();
    this.#drainedNs = sinceNs;
  }

  #others({ task: { startNs } }: Seat, { timeNs }: ExitEvent): Others {
    const isComplete = !this.#lost.covers(timeNs, startNs) && this.#loose.droppedNs < startNs;
    return { isComplete, pidRoundNs: this.#parts.pidRoundNs };
  }

  #claim(seat: Seat): void {
    this.#looseOf(seat.task).take(seat.task.pid, (arrival) => seat.take(arrival));
  }

  #settleWaiting(seat: Seat): void {
    const { exit } = seat;
    if (exit !== undefined && seat.decide(exit, this.#others(seat, exit))) {
      this.#settle(seat, exit);
    }
  }

  #settle(seat: Seat, event: ExitEvent): void {
    this.#leave(seat);
    this.counters.joined++;
    try {
      this.#waiting.done(seat, () => this.#parts.settled(seat, event, undefined));
    } finally {
      this.#offerLeft(seat);
    }
  }

  #giveUp(seat: Seat): void {
    const { exit } = seat;
    if (exit === undefined) return;
    this.#leave(seat);
    this.counters.missing++;
    const reason = this.#whyMissing(seat, exit);
    try {
      this.#waiting.done(seat, () => this.#parts.settled(seat, exit, reason));
    } finally {
      this.#offerLeft(seat);
    }
  }

  #whyMissing(seat: Seat, exit: ExitEvent): string {
    const { synthetic, timeNs } = exit;
    if (synthetic === "exec-from-thread") return synthetic;
    if (seat.mayEnd(exit)) return "ambiguous";
    if (this.#lost.covers(timeNs)) return "lost";
    // It may have been among those that were kept for too long, as its beginning was told too late.
    if (this.#loose.droppedNs >= seat.task.startNs) return "perhaps-lost";
    const graceNs = BigInt(this.#parts.graceMs) * 1_000_000n;
    return this.#lost.covers(timeNs + graceNs, timeNs - BEFORE_EXIT_NS)
      ? "perhaps-lost"
      : "no-record";
  }

  /** Records that were not a task's own may be those of the one that has its pid now, or that will be told of. */
  #offerLeft(seat: Seat): void {
    const { pid } = seat.task;
    for (const arrival of seat.takeLeft()) {
      const next = this.#pidsOf(seat.task).get(pid);
      if (next?.take(arrival)) this.#settleWaiting(next);
      else this.#looseOf(seat.task).add(pid, arrival);
    }
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
