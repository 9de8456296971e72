/**
 * When to read. A wake-up costs far more than an event (some 100 µs in a cold event loop against 1–3 µs), but the
 * arguments of a short-lived program can only be read at once. So execs, which ring a bell of their own, are read at
 * once; so are lone events after a quiet time; all else is read by the timer, many events at a time. Where execs come too thick
 * for that they are still heard at once, which costs a third, and read by the timer. In a storm, where every program has ended before
 * it could be looked at, the bell is muted too.
 */
import { monotonicMs } from "@task-watchers/linux/clock";
import type { ReadySignal } from "@task-watchers/netlink";

/** Events after which a turn of the event loop ends, so that others get theirs. */
export const TURN_EVENTS = 4096;

/** Reads now, hears too, and says how many events there were; `TURN_EVENTS` or more when there may be others left. */
export type Drain = () => number;

/** What a pace listens to. */
export interface PaceSignals {
  /** The queue has events. */
  readonly readable: (listener: () => void) => ReadySignal;
  /** An exec is among them; absent where the kernel cannot tell. */
  readonly bell?: ((listener: () => void) => ReadySignal) | undefined;
  /** Does what an exec is in a hurry for, and says how many there were; their events stay to be read. */
  readonly hear?: (() => number) | undefined;
}

/** Wake-ups a second, and in a row, that are affordable for lone events. */
const LONE: Allowance = { perSecond: 20, burst: 20 };
/** As much for execs. */
const EXECS: Allowance = { perSecond: 1000, burst: 500 };
/** As much for execs that are heard only. */
const HEARD: Allowance = { perSecond: 4000, burst: 2000 };
/** How long reading is put off, milliseconds. */
const DELAY_MS = 40;
/** As long in a storm: nobody waits for these events, but the queue must not overflow. */
const STORM_DELAY_MS = 4;
/** Execs in one wake-up by the bell that make a storm. */
const STORM_EXECS = 24;
/** Events in one reading that show that it goes on. */
const STORM_EVENTS = 64;
/** Part of the receive queue that may fill up in between. */
const FILL = 1 / 4;

/** Decides when `drain` is called. */
export class Pace {
  readonly #drain: Drain;
  readonly #mayFill: number;
  readonly #maxDelayMs: number;
  readonly #readable: ReadySignal;
  readonly #bell: ReadySignal | undefined;
  readonly #hear: () => number;
  readonly #lone = new Tokens(LONE);
  readonly #execs = new Tokens(EXECS);
  readonly #heard = new Tokens(HEARD);
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Immediate | undefined;
  #delayMs = DELAY_MS;
  #muted = false;
  #heeds = true;
  #referenced = true;
  #closed = false;
  /** Wake-ups so far. */
  wakeUps = 0;

  /** @param capacity events the receive queue holds */
  constructor(signals: PaceSignals, drain: Drain, capacity: number) {
    this.#drain = drain;
    this.#mayFill = Math.max(1, capacity * FILL);
    // A small queue is full before a long delay is over, whatever the rate turns out to be.
    this.#maxDelayMs = Math.min(DELAY_MS, Math.max(1, capacity / 100));
    this.#hear = signals.hear ?? (() => 0);
    this.#readable = signals.readable(this.#onReadable);
    this.#bell = signals.bell?.(this.#onBell);
  }

  ref(): void {
    this.#referenced = true;
    this.#readable.ref();
    this.#timer?.ref();
    this.#bell?.ref();
  }

  unref(): void {
    this.#referenced = false;
    this.#readable.unref();
    this.#timer?.unref();
    this.#bell?.unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#again);
    this.#readable.stop();
    this.#bell?.stop();
  }

  /** Whether the bell counts; else all is read as if there were none. */
  heedBell(wanted: boolean): void {
    if (this.#closed || this.#heeds === wanted) return;
    this.#heeds = wanted;
    if (this.#muted) return;
    if (wanted) this.#bell?.start();
    else this.#bell?.stop();
  }

  /** Reads at the next tick of the timer. */
  soon(): void {
    if (!this.#closed) this.#putOff();
  }

  /** Reads again as soon as others had their turn. */
  again(): void {
    if (!this.#closed) this.#again ??= setImmediate(this.#onTimer);
  }

  readonly #onBell = (): void => {
    if (this.#closed || !this.#heeds) return;
    this.wakeUps++;
    const isRead = this.#execs.take();
    const isStorm = isRead ? this.#drain() >= STORM_EVENTS : this.#hear() >= STORM_EXECS;
    if (this.#closed) return;
    if (isStorm || !this.#heard.take()) {
      this.#muted = true;
      this.#bell?.stop();
    } else if (isRead) {
      return;
    }
    this.#delayMs = this.#longest();
    this.#putOff();
  };

  readonly #onReadable = (): void => {
    if (this.#closed) return;
    this.wakeUps++;
    if (this.#lone.take()) {
      if (this.#drain() >= TURN_EVENTS) this.again();
      return;
    }
    this.#delayMs = this.#longest();
    this.#putOff();
  };

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    this.#again = undefined;
    if (this.#closed) return;
    this.wakeUps++;
    const events = this.#drain();
    if (this.#closed) return;
    if (events >= TURN_EVENTS) {
      this.again();
      return;
    }
    if (this.#muted && events < STORM_EVENTS) this.#unmute();
    if (events === 0) {
      this.#readable.start();
      return;
    }
    const fits = (this.#delayMs * this.#mayFill) / events;
    this.#delayMs = Math.max(1, Math.min(this.#longest(), fits));
    this.#putOff();
  };

  #putOff(): void {
    this.#readable.stop();
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(this.#onTimer, this.#delayMs);
    if (!this.#referenced) this.#timer.unref();
  }

  #longest(): number {
    return this.#muted ? Math.min(STORM_DELAY_MS, this.#maxDelayMs) : this.#maxDelayMs;
  }

  #unmute(): void {
    if (!this.#heard.has()) return;
    this.#muted = false;
    if (this.#heeds) this.#bell?.start();
  }
}

interface Allowance {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token bucket. */
class Tokens {
  readonly #allowance: Allowance;
  #left: number;
  #at = monotonicMs();

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
    this.#left = allowance.burst;
  }

  has(): boolean {
    const now = monotonicMs();
    const earned = ((now - this.#at) / 1000) * this.#allowance.perSecond;
    this.#left = Math.min(this.#allowance.burst, this.#left + earned);
    this.#at = now;
    return this.#left >= 1;
  }

  take(): boolean {
    if (!this.has()) return false;
    this.#left--;
    return true;
  }
}
