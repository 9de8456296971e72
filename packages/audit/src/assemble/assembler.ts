import type { AuditRecord } from "../record/audit-record.ts";
import { parseRecord } from "../record/parse-record.ts";
import { AUDIT_EOE } from "../record/record-type.ts";
import type { AuditEvent } from "./audit-event.ts";
import { type AssemblerOptions, type AssemblyBounds, assemblyBounds } from "./bounds.ts";
import { type AssemblyCounters, newAssemblyCounters } from "./counters.ts";
import { isLast } from "./event-end.ts";
import { NodeSerials } from "./node-serials.ts";
import { OpenEvent } from "./open-event.ts";
import { StreamClock } from "./stream-clock.ts";
import { ToldEvents } from "./told-events.ts";

/** Events whose late records are still known as such. */
const REMEMBERED = 4096;

/**
 * Puts the records of events together, which come interleaved. An event is told once its EOE or PROCTITLE has come, at once
 * when it is of a type that comes alone, or when it is older than `maxAgeMs`. What cannot be kept is counted: each record
 * given is in an event that is told, or in `cutRecords`, or in `lateEnds`.
 */
export class Assembler {
  readonly #bounds: AssemblyBounds;
  readonly #onEvent: (event: AuditEvent) => void;
  readonly #counters: AssemblyCounters = newAssemblyCounters();
  /** In the order in which they were opened. */
  readonly #open = new Map<number | string, OpenEvent>();
  readonly #told = new ToldEvents(REMEMBERED);
  readonly #serials: NodeSerials | undefined;
  readonly #clock: StreamClock;
  #bytes = 0;
  /** Up to when events were told by their age, and serials settled, on the stream's clock and on the caller's. */
  #toldStreamMs = Number.NEGATIVE_INFINITY;
  #agedStreamMs = Number.NEGATIVE_INFINITY;
  #agedMs: number | undefined;

  /** @throws RangeError for a bound that is none */
  constructor(options: AssemblerOptions) {
    this.#bounds = assemblyBounds(options);
    this.#onEvent = options.onEvent;
    this.#clock = new StreamClock(this.#bounds.maxAgeMs);
    if (options.countMissingSerials === true) this.#serials = new NodeSerials();
  }

  /** Every loss so far. A copy: it does not change. */
  get counters(): Readonly<AssemblyCounters> {
    const serials = this.#serials?.totals();
    return {
      ...this.#counters,
      missingSerials: serials?.missing ?? 0,
      serialRestarts: serials?.restarts ?? 0,
    };
  }

  /** Events that are not told yet. */
  get openEvents(): number {
    return this.#open.size;
  }

  /** Takes a message as the kernel sends it (latin1). @returns false when it is no record, which is counted */
  pushText(type: number, text: string): boolean {
    const record = parseRecord(type, text);
    if (record === undefined) this.#counters.malformed++;
    else this.push(record);
    return record !== undefined;
  }

  /** Counts a text that is no record, where somebody else has looked. */
  countMalformed(): void {
    this.#counters.malformed++;
  }

  /** Takes a record. May tell events: this one's, and such as it makes too old or too many. */
  push(record: AuditRecord): void {
    this.#enter(record, false);
  }

  /** Takes a record in the middle of which the input ended: its event is told as cut. */
  pushCut(record: AuditRecord): void {
    this.#enter(record, true);
  }

  /**
   * Tells what has become too old. To be called now and then where nothing may come for long: the stream's own clock stands
   * still then.
   *
   * @param nowMs milliseconds of any clock that does not jump, such as performance.now()
   */
  age(nowMs: number): void {
    for (const open of this.#open.values()) {
      // An event's age counts from the first call that finds it: it cannot be told too early.
      open.foundMs ??= nowMs;
      if (nowMs - open.foundMs > this.#bounds.maxAgeMs) this.#tell(open, "aged");
    }
    this.#agedMs ??= nowMs;
    if (nowMs - this.#agedMs <= this.#bounds.maxAgeMs) return;
    this.#agedMs = nowMs;
    this.#serials?.turn();
  }

  /** Tells everything that is open: nothing more will come. */
  flush(): void {
    for (const open of this.#open.values()) this.#tell(open, "aged");
    this.#serials?.settle();
  }

  #enter(record: AuditRecord, isCut: boolean): void {
    this.#counters.records++;
    const { stamp, node, type } = record;
    const key = node === undefined ? stamp.serial : `${stamp.serial} ${node}`;
    this.#serials?.see(stamp.serial, node);
    const wasSetBack = this.#clock.see(stamp);
    if (wasSetBack) this.#setBack();
    let open = this.#open.get(key);
    // The serial began anew, and the old event with it was never ended.
    if (open !== undefined && !open.isOf(stamp)) {
      this.#tell(open, "aged");
      open = undefined;
    }
    if (open === undefined) {
      const isLate = this.#told.has(key, stamp);
      if (isLate && type === AUDIT_EOE) {
        this.#counters.lateEnds++;
        return this.#ageByStream();
      }
      open = new OpenEvent(record, { key, streamMs: this.#clock.nowMs, isLate });
      this.#open.set(key, open);
      if (isLate) this.#counters.late++;
    } else if (open.isLate) this.#counters.late++;
    if (isCut) open.markCut();
    this.#keep(open, record);
    if (isLast(type)) this.#tell(open, "ended");
    this.#evict();
    this.#ageByStream();
  }

  #keep(open: OpenEvent, record: AuditRecord): void {
    if (open.add(record, this.#bounds)) this.#bytes += record.body.length;
    else {
      this.#counters.cutRecords++;
      this.#counters.cutBytes += record.body.length;
    }
  }

  #evict(): void {
    const { maxEvents, maxBytes } = this.#bounds;
    if (this.#open.size <= maxEvents && this.#bytes <= maxBytes) return;
    for (const oldest of this.#open.values()) {
      if (this.#open.size <= maxEvents && this.#bytes <= maxBytes) return;
      this.#tell(oldest, "evicted");
    }
  }

  #ageByStream(): void {
    const { maxAgeMs } = this.#bounds;
    const { nowMs } = this.#clock;
    if (nowMs === this.#toldStreamMs) return;
    this.#toldStreamMs = nowMs;
    for (const open of this.#open.values()) {
      if (nowMs - open.openedStreamMs <= maxAgeMs) break;
      this.#tell(open, "aged");
    }
    if (nowMs - this.#agedStreamMs <= maxAgeMs) return;
    this.#agedStreamMs = nowMs;
    this.#serials?.turn();
  }

  /** The clock was ahead: nothing open is from the future. */
  #setBack(): void {
    const { nowMs } = this.#clock;
    this.#agedStreamMs = nowMs;
    for (const open of this.#open.values()) {
      open.openedStreamMs = Math.min(open.openedStreamMs, nowMs);
    }
  }

  #tell(open: OpenEvent, why: "ended" | "aged" | "evicted"): void {
    this.#open.delete(open.key);
    this.#bytes -= open.bytes;
    this.#told.add(open.key, open.stamp);
    const lacksEnd = why === "aged" && open.awaitsEnd && !open.isLate;
    this.#counters.events++;
    if (open.lacksStart) this.#counters.missingStart++;
    if (lacksEnd) this.#counters.missingEnd++;
    if (why === "evicted") this.#counters.evicted++;
    this.#onEvent(open.finish(why === "evicted" ? "evicted" : lacksEnd ? "no-end" : undefined));
  }
}
