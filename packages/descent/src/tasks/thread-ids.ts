import type { ProcReader } from "@task-watchers/linux/procfs";
import type { Counting } from "../source/counters.ts";
import type { ToldQueue } from "../source/told.ts";
import { changed, ToldIds, ToldLateIds } from "../source/told-ids.ts";
import { type Credentials, readCredentials } from "./credentials.ts";

/** A moment in a thread's life. */
export interface Moment {
  readonly tid: number;
  readonly tgid: number;
  readonly timeNs: bigint;
}

/** Whose user and group ids changed, and when: by the calls that may do so, and a look at each later stop. */
export class ThreadIds {
  readonly #proc: ProcReader;
  readonly #queue: ToldQueue;
  readonly #counters: Counting;
  /** Of threads that have made such a call, or descend from one. */
  readonly #known = new Map<number, Credentials>();
  readonly #asked = new Map<number, ToldIds>();

  constructor(proc: ProcReader, queue: ToldQueue, counters: Counting) {
    this.#proc = proc;
    this.#queue = queue;
    this.#counters = counters;
  }

  /** A thread's ids are these. */
  know(tid: number, ids: Credentials): void {
    this.#known.set(tid, ids);
  }

  /** Last known ids of a thread; undefined when it has never changed them. */
  known(tid: number): Credentials | undefined {
    return this.#known.get(tid);
  }

  /** A thread was cloned: its ids are those of the one that did it. */
  inherit(tid: number, from: number): void {
    const known = this.#asked.has(from) ? undefined : this.#known.get(from);
    if (known) this.#known.set(tid, known);
    else this.#known.delete(tid);
  }

  /** A thread stands still: what has happened to its ids until now is told before what comes. */
  catchUp(moment: Moment): void {
    const { tid } = moment;
    const asked = this.#asked.get(tid);
    const before = this.#known.get(tid);
    if (asked === undefined && before === undefined) return;
    const now = readCredentials(this.#proc, tid);
    if (asked) asked.settle(now);
    else if (now && before && changed(before, now)) {
      this.#counters.idsLate++;
      this.#queue.push(new ToldLateIds({ ...moment, before }, now));
    }
    if (now) this.#known.set(tid, now);
  }

  /** A thread that stands still will be let go with a call that may change its ids. @param ids as they are before, when known */
  ask(moment: Moment, ids?: Credentials): void {
    const { tid } = moment;
    const before = ids ?? readCredentials(this.#proc, tid);
    if (before === undefined) return;
    this.#known.set(tid, before);
    const asked = new ToldIds({
      ...moment,
      before,
      look: () => readCredentials(this.#proc, tid),
      settled: (after) => {
        this.#asked.delete(tid);
        if (after) this.#known.set(tid, after);
        else this.#counters.idsMissing++;
      },
    });
    this.#asked.set(tid, asked);
    this.#queue.push(asked);
  }

  /** A thread that made exec has its process's id from now on. */
  moved(tid: number, tgid: number): void {
    const known = this.#known.get(tid);
    this.ended(tid);
    if (known) this.#known.set(tgid, known);
    else this.#known.delete(tgid);
  }

  ended(tid: number): void {
    this.#asked.get(tid)?.settle(readCredentials(this.#proc, tid));
    this.#known.delete(tid);
  }
}
