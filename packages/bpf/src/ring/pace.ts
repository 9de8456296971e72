/** How often all is looked at, whatever woke us or did not. */
const HEARTBEAT_MS = 1000;

/** What paces a reader: the ring's own wake-up, and what to do at each step. */
export interface PaceSteps {
  /** Reads what is there, up to a turn's worth. */
  readonly read: () => { readonly told: number; readonly more: boolean; readonly empty: boolean };
  /** Asks the programs to wake us at the next event. */
  readonly arm: () => void;
  /** Starts and stops listening for that. */
  readonly readiness: {
    start(): void;
    stop(): void;
    ref(): void;
    unref(): void;
  };
  /** Called once a second. */
  readonly beat: () => void;
  /** Longest that an event waits to be read, ms. */
  readonly latencyMs: number;
  /** Bytes that have come so far; only grows. */
  readonly written: () => number;
  /** Bytes that may come between two rounds. */
  readonly mayFill: number;
}

/**
 * When a ring is read. Asleep, one event wakes it. Awake, it reads by its own clock, and the programs wake nobody; a
 * round in which nothing came puts it to sleep again. A wake-up in the midst of other work costs as much as fifty events, since caches are
 * cold; so rounds are `latencyMs` apart, and closer only where too much of the ring would fill up meanwhile. A storm costs some wake-ups
 * a second, whatever its rate, and silence none.
 */
export class Pace {
  readonly #steps: PaceSteps;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  readonly #heartbeat: NodeJS.Timeout;
  #referenced = true;
  #closed = false;
  #delayMs = 0;
  #writtenBefore = 0;
  /** Times the event loop was woken to read. */
  wakeUps = 0;

  /** Begins asleep, with the readiness started. */
  constructor(steps: PaceSteps) {
    this.#steps = steps;
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
    steps.arm();
  }

  /** The ring has something, and we were asleep. */
  readonly wake = (): void => {
    if (this.#closed) return;
    this.#steps.readiness.stop();
    this.#delayMs = 0;
    this.#round();
  };

  /**
   * Somebody else has read. If that was what the wake-up under way was for, it will not come: epoll finds nothing to be read any
   * more, and the programs believe that we were woken. So it reads by the clock from here on.
   */
  readonly nudge = (): void => {
    if (this.#closed || this.#timer !== undefined || this.#turn !== undefined) return;
    this.#steps.readiness.stop();
    this.#delayMs = 0;
    this.#later();
  };

  ref(): void {
    this.#referenced = true;
    this.#steps.readiness.ref();
    this.#timer?.ref();
    this.#turn?.ref();
  }

  unref(): void {
    this.#referenced = false;
    this.#steps.readiness.unref();
    this.#timer?.unref();
    this.#turn?.unref();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
  }

  readonly #round = (): void => {
    this.#timer = undefined;
    this.#turn = undefined;
    this.wakeUps++;
    // Should a listener throw, the rest is read in the next round.
    let result = { told: 1, more: false, empty: false };
    try {
      result = this.#steps.read();
    } finally {
      if (!this.#closed) this.#next(result);
    }
  };

  #next(result: { readonly told: number; readonly more: boolean; readonly empty: boolean }): void {
    if (result.more) {
      this.#turn = setImmediate(this.#round);
      if (!this.#referenced) this.#turn.unref();
      return;
    }
    if (result.told === 0 && result.empty) {
      // In this order: a program that looks after `arm` wakes us, and what is there already makes the ring readable. One that looked
      // before and commits only after epoll has looked does neither: what it tells waits for the next event, or the heartbeat.
      this.#steps.arm();
      this.#steps.readiness.start();
      return;
    }
    this.#later();
  }

  #later(): void {
    this.#delayMs = this.#nextDelay();
    this.#timer = setTimeout(this.#round, this.#delayMs);
    if (!this.#referenced) this.#timer.unref();
  }

  #nextDelay(): number {
    const { latencyMs, mayFill, written } = this.#steps;
    const now = written();
    const came = now - this.#writtenBefore;
    this.#writtenBefore = now;
    // How long it took for what had come before the first round, nobody knows.
    if (this.#delayMs === 0) return latencyMs;
    const fits = (this.#delayMs * mayFill) / Math.max(1, came);
    return Math.max(1, Math.min(latencyMs, fits));
  }

  /** Also finds what nobody woke us for, as when the ring was full. */
  #beat(): void {
    this.#steps.beat();
    if (this.#closed || this.#timer !== undefined || this.#turn !== undefined) return;
    const { told, empty } = this.#steps.read();
    // Nobody woke us, so nobody may be asked to any more: begin anew.
    if (told > 0 || !empty) this.wake();
  }
}
