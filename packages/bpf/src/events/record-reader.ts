import {
  bpfProgramMisses,
  type FileDescriptor,
  monotonicNs,
  Readiness,
} from "@task-watchers/linux";
import type { Resources } from "../load/resources.ts";
import { Pace } from "../ring/pace.ts";
import type { RecordSink, Ring } from "../ring/ring.ts";
import type { BpfLoss } from "./bpf-event.ts";
import type { BpfEventsCounters } from "./counters.ts";
import { lostBefore } from "./decode-record.ts";
import { HEAD, STATE } from "./record-layout.ts";

/** Records told in one turn of the event loop. */
const TURN_RECORDS = 4096;
/** Part of the ring that may fill up between two rounds: the next may bring several times as much. */
const FILL = 1 / 8;
/** Programs run on x64 and arm64, both little-endian. */
const LE = true;

/** What the programs write to, and how it is read. */
export interface RecordReaderParts {
  readonly resources: Resources;
  readonly ring: Ring;
  readonly ringFd: FileDescriptor;
  /** The state, see STATE. */
  readonly state: BigUint64Array;
  readonly programs: readonly FileDescriptor[];
  readonly latencyMs: number;
}

/** Who is told. */
export interface RecordListener {
  /** A record. May close the reader. @returns when it happened, CLOCK_MONOTONIC ns; undefined when it made no sense */
  readonly record: (view: DataView, at: number, size: number) => bigint | undefined;
  /** Events were lost, before the record that comes next. */
  readonly lost: (loss: BpfLoss) => void;
  /** Before the records of a turn, none of which was written after this was called. */
  readonly begin?: () => void;
  /** After them. */
  readonly end?: (turn: Turn) => void;
}

/** What came of a turn. */
export interface Turn {
  told: number;
  /** It ended for its length: there may be more to be read at once. */
  more: boolean;
  /** All that was written was read. */
  empty: boolean;
}

const NOTHING: Readonly<Turn> = { told: 0, more: false, empty: true };

/** Reads the programs' records, keeps count of those that were lost, and gives all back in the end. */
export class RecordReader {
  readonly #parts: RecordReaderParts;
  readonly #listener: RecordListener;
  #pace: Pace | undefined;
  #told = 0;
  #malformed = 0;
  /** Of the loss in the ring, what was reported. */
  #reported = 0;
  #busy = 0;
  #lastNs: bigint | undefined;
  #reading = false;
  #closed = false;
  #last: BpfEventsCounters | undefined;

  constructor(parts: RecordReaderParts, listener: RecordListener) {
    this.#parts = parts;
    this.#listener = listener;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Bytes that the programs have written, and those of them that were told. */
  get positions(): { readonly written: number; readonly told: number } {
    const { written, position } = this.#parts.ring;
    return { written, told: position };
  }

  /** Starts reading of its own accord. Keeps the process alive until `unref` or `close`. */
  start(): void {
    const { resources, ring, ringFd, state, latencyMs } = this.#parts;
    const readiness = resources.add(new Readiness(ringFd, () => pace.wake()));
    const pace = new Pace({
      read: () => this.turn(),
      arm: () => Atomics.store(state, STATE.armed / 8, 1n),
      readiness,
      beat: () => this.#beat(),
      latencyMs,
      written: () => this.#parts.ring.written,
      mayFill: ring.bytes * FILL,
    });
    this.#pace = pace;
  }

  /** Counters, exact at any time, also after `close`. */
  get counters(): BpfEventsCounters {
    return this.#last ?? this.#count();
  }

  /** Tells what is there now, a turn's worth at most. */
  turn(): Turn {
    if (this.#closed || this.#reading) return { ...NOTHING };
    const { ring } = this.#parts;
    const { begin, end } = this.#listener;
    this.#reading = true;
    const turn: Turn = { told: 0, more: false, empty: false };
    try {
      const written = ring.written;
      begin?.();
      turn.told = ring.read(this.#record, TURN_RECORDS, written);
      turn.more = turn.told >= TURN_RECORDS && !this.#closed;
      if (!turn.more) this.#reportLost(this.#lostInRing(), monotonicNs);
      turn.empty = ring.empty;
      if (!this.#closed) end?.(turn);
    } finally {
      this.#reading = false;
    }
    return turn;
  }

  /** Reads a turn's worth for somebody who cannot wait for our own. */
  readonly drainTurn = (): void => {
    const turn = this.turn();
    if (turn.told > 0 || !turn.empty) this.#pace?.nudge();
  };

  /** Tells what is there now. @returns how many records; 0 from inside a callback */
  drain(): number {
    const before = this.#told;
    // As many turns as it takes, but not for ever while a storm goes on.
    const { ring } = this.#parts;
    const end = ring.written;
    let turn = this.turn();
    while (turn.more && ring.position < end) turn = this.turn();
    if (this.#told > before) this.#pace?.nudge();
    return this.#told - before;
  }

  ref(): void {
    this.#pace?.ref();
  }

  unref(): void {
    this.#pace?.unref();
  }

  /** Detaches, and gives everything back; what is in the ring is not told. Safe twice, and in a callback. */
  close(): void {
    if (this.#closed) return;
    this.#last = this.#count();
    this.#closed = true;
    this.#pace?.close();
    this.#parts.ring.stop();
    this.#parts.resources.close();
  }

  readonly #record: RecordSink = (view, at, size) => {
    if (size < HEAD.time + 8) {
      this.#malformed++;
      return;
    }
    const low = lostBefore(view, at);
    // Of two records the later may have been begun first: then it knows of less, and the difference is negative.
    const more = (low - this.#reported) | 0;
    if (more > 0) {
      this.#reportLost(this.#reported + more, () => view.getBigUint64(at + HEAD.time, LE));
      if (this.#closed) return;
    }
    // Counted also when the listener throws.
    this.#told++;
    const timeNs = this.#listener.record(view, at, size);
    if (timeNs === undefined) {
      this.#told--;
      this.#malformed++;
      return;
    }
    this.#lastNs = timeNs;
  };

  #reportLost(total: number, now: () => bigint): void {
    const count = total - this.#reported;
    if (count <= 0 || this.#closed) return;
    this.#reported = total;
    this.#tell("ring", count, now());
  }

  #tell(reason: BpfLoss["reason"], count: number, untilNs: bigint): void {
    const since = this.#lastNs === undefined ? {} : { sinceNs: this.#lastNs };
    this.#listener.lost({ reason, count, ...since, untilNs });
  }

  #lostInRing(): number {
    return this.#closed ? this.#reported : this.#read(STATE.lost);
  }

  #read(offset: number): number {
    return Number(Atomics.load(this.#parts.state, offset / 8));
  }

  #beat(): void {
    const before = this.#busy;
    const count = this.#busyNow() - before;
    this.#busy += count;
    if (count > 0) this.#tell("busy", count, monotonicNs());
  }

  /** Not asked for at each event: it takes a system call for each program. */
  #busyNow(): number {
    if (this.#closed) return this.#busy;
    const misses = this.#parts.programs.map((program) => Number(bpfProgramMisses(program) ?? 0n));
    return Math.max(
      this.#busy,
      misses.reduce((sum, one) => sum + one, 0),
    );
  }

  #count(): BpfEventsCounters {
    const lostBusy = this.#busyNow();
    return {
      told: this.#told,
      lost: this.#read(STATE.lost) + lostBusy,
      lostForks: this.#read(STATE.fork),
      lostExecs: this.#read(STATE.exec),
      lostExits: this.#read(STATE.exit),
      lostBusy,
      argvTrimmed: this.#read(STATE.trimmed),
      argvFaults: this.#read(STATE.faults),
      malformed: this.#malformed + this.#parts.ring.resyncs,
      wakeUps: this.#pace?.wakeUps ?? 0,
    };
  }
}
