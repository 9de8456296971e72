import type { ExecEvent } from "@task-watchers/chain";
import type { AuditFacts } from "../facts/audit-facts.ts";
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

interface RunRecord {
  readonly fromNs: bigint;
  readonly facts: AuditFacts;
}

/**
 * Execs of a task beside the records of them. Both are kept from the first one on without a gap, and all are counted: what is
 * kept of one has its counterpart in what is kept of the other.
 */
export class ExecPairs {
  readonly #execs: ExecEvent[] = [];
  readonly #records: RunRecord[] = [];
  #execCount = 0;
  #recordCount = 0;
  /** When the first record that is not kept was made. */
  #cutNs: bigint | undefined;

  get keptExecs(): number {
    return this.#execs.length;
  }

  /** There is a record for each, at least. */
  get hasAll(): boolean {
    return this.#recordCount >= this.#execCount;
  }

  /** @param isKept whether there is room for it */
  exec(event: ExecEvent, isKept: boolean): void {
    if (isKept && this.#execs.length === this.#execCount) this.#execs.push(event);
    this.#execCount++;
  }

  /** @param facts undefined when there is no room for them */
  record(fromNs: bigint, facts: AuditFacts | undefined): void {
    this.#recordCount++;
    if (facts === undefined) this.#cutNs ??= fromNs;
    else if (this.#cutNs === undefined) this.#records.push({ fromNs, facts });
  }

  paired(): PairedExecs {
    const [execs, used] = this.#lastToLast() ?? this.#byTime();
    const unkept = this.#execCount - execs.length;
    const restRecords = Math.max(0, this.#recordCount - used);
    const without = execs.filter(({ facts }) => facts === undefined).length;
    return { execs, unkept, unrecorded: without + Math.max(0, unkept - restRecords) };
  }

  /** A record for each, at least: the last ones belong together, and what is over is from before the watch. */
  #lastToLast(): Pairing | undefined {
    const first = this.#recordCount - this.#execCount;
    if (first < 0) return undefined;
    const execs: AuditedExec[] = [];
    for (const [n, event] of this.#execs.entries()) {
      const record = this.#records[first + n];
      if (record === undefined) break;
      // Not so: some of both were lost.
      if (!this.#fits(record, n)) return undefined;
      execs.push({ event, facts: record.facts });
    }
    return [execs, first + execs.length];
  }

  /**
   * Some have none. Both are in order, so records go to the earliest execs that they fit, or to the latest: where the two agree,
   * there is no other way.
   */
  #byTime(): Pairing {
    const execs = this.#execsBeforeCut();
    const [earliest, latest] = [this.#earliest(execs), this.#latest(execs)];
    const paired = execs.map((event, n) => {
      const record = earliest.get(n);
      return { event, facts: record === latest.get(n) ? record?.facts : undefined };
    });
    const lastNs = execs.at(-1)?.timeNs ?? 0n;
    return [paired, this.#records.filter(({ fromNs }) => fromNs <= lastNs).length];
  }

  #execsBeforeCut(): readonly ExecEvent[] {
    const cutNs = this.#cutNs;
    return cutNs === undefined ? this.#execs : this.#execs.filter(({ timeNs }) => timeNs < cutNs);
  }

  #earliest(execs: readonly ExecEvent[]): ReadonlyMap<number, RunRecord> {
    const found = new Map<number, RunRecord>();
    let free = 0;
    for (const record of this.#records) {
      const n = Math.max(free, firstFrom(execs, record.fromNs));
      if (n >= execs.length || !this.#fits(record, n)) continue;
      found.set(n, record);
      free = n + 1;
    }
    return found;
  }

  #latest(execs: readonly ExecEvent[]): ReadonlyMap<number, RunRecord> {
    const found = new Map<number, RunRecord>();
    let free = execs.length - 1;
    for (const record of this.#records.toReversed()) {
      let n = firstFrom(execs, record.fromNs);
      if (n > free || !this.#fits(record, n)) continue;
      while (n < free && this.#fits(record, n + 1)) n++;
      found.set(n, record);
      free = n - 1;
    }
    return found;
  }

  /** The call was made before this exec was told, and after the one before it. */
  #fits({ fromNs }: RunRecord, n: number): boolean {
    const before = this.#execs[n - 1]?.timeNs ?? 0n;
    const own = this.#execs[n]?.timeNs ?? 0n;
    return fromNs <= own && fromNs + STAMP_NS >= before;
  }
}

/** Execs with their records, and up to which record that goes. */
type Pairing = readonly [execs: readonly AuditedExec[], usedRecords: number];

/** The first exec that was told at this time or later. */
function firstFrom(execs: readonly ExecEvent[], fromNs: bigint): number {
  let [low, high] = [0, execs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((execs[middle]?.timeNs ?? 0n) < fromNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
