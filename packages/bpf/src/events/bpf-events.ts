import { bpfProgramMisses, type FileDescriptor, monotonicNs } from "@task-watchers/linux";
import type { Resources } from "../load/resources.ts";
import { Pace, type PaceSteps } from "../ring/pace.ts";
import type { Ring } from "../ring/ring.ts";
import type { BpfEvent, BpfLoss } from "./bpf-event.ts";
import type { BpfEventsCounters } from "./counters.ts";
import { decodeRecord, lostBefore } from "./decode-record.ts";
import { STATE } from "./record-layout.ts";

/** Events told in one turn of the event loop. */
const TURN_EVENTS = 4096;

/** What an open source is made of. */
export interface BpfEventsParts {
  readonly resources: Resources;
  readonly ring: Ring;
  /** The state, see STATE. */
  readonly state: BigUint64Array;
  readonly programs: readonly FileDescriptor[];
  readonly latencyMs: number;
  readonly onEvent: (event: BpfEvent) => void;
  readonly onLost: ((loss: BpfLoss) => void) | undefined;
}

/** Task events of the host as they come, until it is closed. */
export class BpfEvents {
  readonly #parts: BpfEventsParts;
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

  /** @internal Use `openBpfEvents`. */
  constructor(parts: BpfEventsParts) {
    this.#parts = parts;
  }

  /** Starts reading. @internal @returns what is to be called when the ring wakes us */
  begin(readiness: PaceSteps["readiness"]): () => void {
    const { state, latencyMs } = this.#parts;
    this.#pace = new Pace({
      read: () => this.#turn(),
      arm: () => Atomics.store(state, STATE.armed / 8, 1n),
      readiness,
      beat: () => this.#beat(),
      latencyMs,
    });
    return this.#pace.wake;
  }

  /** Counters, exact at any time, also after `close`. */
  get counters(): BpfEventsCounters {
    return this.#last ?? this.#count();
  }

  /** Tells what is in the ring now. @returns how many events; 0 from inside a callback */
  drain(): number {
    const before = this.#told;
    // As many turns as it takes, but not for ever while a storm goes on.
    const { ring } = this.#parts;
    const end = ring.written;
    while (this.#turn().more && ring.position < end);
    return this.#told - before;
  }

  /** Keeps the process alive while open; the default. */
  ref(): void {
    this.#pace?.ref();
  }

  /** Lets the process end while open. */
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

  [Symbol.dispose](): void {
    this.close();
  }

  #turn(): { told: number; more: boolean; empty: boolean } {
    if (this.#closed || this.#reading) return { told: 0, more: false, empty: true };
    const { ring } = this.#parts;
    this.#reading = true;
    let told = 0;
    try {
      told = ring.read(this.#record, TURN_EVENTS);
      if (told < TURN_EVENTS) this.#reportLost(this.#lostInRing(), monotonicNs);
    } finally {
      this.#reading = false;
    }
    return { told, more: told >= TURN_EVENTS && !this.#closed, empty: ring.empty };
  }

  readonly #record = (view: DataView, at: number, size: number): void => {
    const event = decodeRecord(view, at, size);
    if (event === undefined) {
      this.#malformed++;
      return;
    }
    this.#noticeLost(lostBefore(view, at), event.timeNs);
    if (this.#closed) return;
    this.#told++;
    this.#lastNs = event.timeNs;
    this.#parts.onEvent(event);
  };

  /** @param low the lower 32 bits of the count */
  #noticeLost(low: number, timeNs: bigint): void {
    // Of two records the later may have been begun first: then it knows of less, and the difference is negative.
    const more = (low - this.#reported) | 0;
    if (more > 0) this.#reportLost(this.#reported + more, () => timeNs);
  }

  #reportLost(total: number, now: () => bigint): void {
    const count = total - this.#reported;
    if (count <= 0 || this.#closed) return;
    this.#reported = total;
    this.#tell("ring", count, now());
  }

  #tell(reason: BpfLoss["reason"], count: number, untilNs: bigint): void {
    const since = this.#lastNs === undefined ? {} : { sinceNs: this.#lastNs };
    this.#parts.onLost?.({ reason, count, ...since, untilNs });
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
