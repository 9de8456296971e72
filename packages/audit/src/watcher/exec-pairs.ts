import type { ExecEvent } from "@task-watchers/chain";
import type { AuditFacts } from "../facts/audit-facts.ts";
import { ExecTimes } from "./exec-times.ts";
import { RecentTimes } from "./recent-times.ts";
import { STAMP_NS } from "./told-event.ts";

/** An exec that succeeded: what the chain told of it, and what the kernel's records say. */
export interface AuditedExec {
  readonly event: ExecEvent;
  /** Undefined when no record came that can be no other's. */
  readonly facts: AuditFacts | undefined;
}

/** All execs of a task. */
export interface PairedExecs {
  readonly execs: readonly AuditedExec[];
  /** Execs that are not among those, the later ones. */
  readonly unkept: number;
  /** Execs without a record, of all. */
  readonly unrecorded: number;
}

/** Whose facts are read when somebody asks. */
interface Told {
  readonly facts: AuditFacts;
}

interface RunRecord {
  readonly fromNs: bigint;
  readonly told: Told;
}

/** An exec and its record, as far as there is one that can be no other's. */
interface Pair {
  readonly event: ExecEvent;
  readonly told: Told | undefined;
}

/**
 * Execs of a task beside the records of them. Both are kept from the first one on without a gap, and all are counted: what is
 * kept of one has its counterpart in what is kept of the other.
 */
export class ExecPairs {
  readonly #execs: ExecEvent[] = [];
  readonly #records: RunRecord[] = [];
  /** Of those that are not kept and may fail yet. */
  readonly #unkept = new RecentTimes();
  /** Of those that failed before we were told of them, if we ever are: a watcher before us may take its time, or refuse. */
  readonly #unheard = new RecentTimes();
  #execCount = 0;
  #recordCount = 0;
  /** When the first record that is not kept was made. */
  #cutNs: bigint | undefined;
  /** Time of the first exec that is not kept. */
  #nextNs: bigint | undefined;

  get keptExecs(): number {
    return this.#execs.length;
  }

  /** There is a record for each, at least. */
  get hasAll(): boolean {
    return this.#recordCount >= this.#execCount;
  }

  /**
   * @param hasRoom asked whether there is room for it, unless it is not kept anyway
   */
  exec(event: ExecEvent, hasRoom: () => boolean): void {
    const { timeNs, stopped } = event;
    if (stopped && this.#unheard.take(timeNs)) return;
    if (this.#execs.length === this.#execCount && hasRoom()) this.#insert(event);
    else {
      this.#nextNs ??= timeNs;
      if (stopped) this.#unkept.add(timeNs);
    }
    this.#execCount++;
  }

  /**
   * The exec that was stopped at that time did not happen.
   *
   * @returns its event if that was kept, which it is no more
   */
  fail(timeNs: bigint): ExecEvent | undefined {
    const at = this.#execs.findLastIndex((exec) => exec.stopped && exec.timeNs === timeNs);
    if (at >= 0) this.#execCount--;
    else if (this.#unkept.take(timeNs)) {
      this.#execCount--;
      if (this.#nextNs === timeNs) this.#nextNs = undefined;
    } else this.#unheard.add(timeNs);
    return at < 0 ? undefined : this.#execs.splice(at, 1)[0];
  }

  /** @param told undefined when there is no room for it */
  record(fromNs: bigint, told: Told | undefined): void {
    this.#recordCount++;
    if (told === undefined) this.#cutNs ??= fromNs;
    else if (this.#cutNs === undefined) this.#records.push({ fromNs, told });
  }

  paired(): PairedExecs {
    const pairing = this.#pairing();
    const execs = pairing[0].map(({ event, told }) => ({ event, facts: told?.facts }));
    return { execs, unkept: this.#execCount - execs.length, unrecorded: this.#lacking(pairing) };
  }

  /** As in `paired`, of which no facts are read. */
  get unrecorded(): number {
    return this.#lacking(this.#pairing());
  }

  #pairing(): Pairing {
    const times = new ExecTimes(this.#execs, this.#nextNs);
    return this.#lastToLast(times) ?? this.#byTime(times);
  }

  #lacking([pairs, used]: Pairing): number {
    const unkept = this.#execCount - pairs.length;
    const restRecords = Math.max(0, this.#recordCount - used);
    const without = pairs.filter(({ told }) => told === undefined).length;
    return without + Math.max(0, unkept - restRecords);
  }

  /** A record for each, at least: the last ones belong together, and what is over is from before the watch. */
  #lastToLast(times: ExecTimes): Pairing | undefined {
    const first = this.#recordCount - this.#execCount;
    if (first < 0) return undefined;
    const execs: Pair[] = [];
    for (const [n, event] of this.#execs.entries()) {
      const record = this.#records[first + n];
      if (record === undefined) break;
      // Not so: some of both were lost.
      if (!times.fits(record.fromNs, n)) return undefined;
      execs.push({ event, told: record.told });
    }
    return [execs, first + execs.length];
  }

  /**
   * Some have none. Both are in order, so records go to the earliest execs that they fit, or to the latest: where the two agree,
   * there is no other way.
   */
  #byTime(times: ExecTimes): Pairing {
    // The record of one behind those may be among those that are not kept.
    const count = this.#cutNs === undefined ? this.#execs.length : times.first(this.#cutNs);
    const [earliest, latest] = [this.#earliest(times, count), this.#latest(times, count)];
    const paired = this.#execs.slice(0, count).map((event, n) => {
      const record = earliest.get(n);
      return { event, told: record === latest.get(n) ? record?.told : undefined };
    });
    return [paired, this.#used(times, count, [...earliest.values()].at(-1))];
  }

  #earliest(times: ExecTimes, count: number): ReadonlyMap<number, RunRecord> {
    const found = new Map<number, RunRecord>();
    let free = 0;
    for (const record of this.#records) {
      const n = Math.max(free, times.first(record.fromNs));
      if (n >= count || !times.fits(record.fromNs, n)) continue;
      found.set(n, record);
      free = n + 1;
    }
    return found;
  }

  #latest(times: ExecTimes, count: number): ReadonlyMap<number, RunRecord> {
    const found = new Map<number, RunRecord>();
    let free = count - 1;
    for (const record of this.#records.toReversed()) {
      let n = times.first(record.fromNs);
      if (n > free || !times.fits(record.fromNs, n)) continue;
      while (n < free && times.fits(record.fromNs, n + 1)) n++;
      found.set(n, record);
      free = n - 1;
    }
    return found;
  }

  /** Records that are of no exec behind the first ones: up to the last that went to one of those, and what is as old for sure. */
  #used(times: ExecTimes, count: number, last: RunRecord | undefined): number {
    const given = last === undefined ? 0 : this.#records.lastIndexOf(last) + 1;
    const untilNs = times.untilNs(count - 1) ?? 0n;
    return Math.max(
      given,
      this.#records.filter(({ fromNs }) => fromNs + STAMP_NS <= untilNs).length,
    );
  }

  /** Of two threads that stood still, the one that did so first may be told last. */
  #insert(event: ExecEvent): void {
    const before = this.#execs.findLastIndex(({ timeNs }) => timeNs <= event.timeNs);
    this.#execs.splice(before + 1, 0, event);
  }
}

/** Execs with their records, and up to which record that goes. */
type Pairing = readonly [execs: readonly Pair[], usedRecords: number];
