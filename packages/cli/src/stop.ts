/** Signals that end a watch. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How long what waits may still be written once we are to end, milliseconds. */
const GRACE_MS = 2000;

/** What ends a watch from outside: Ctrl-C, a signal, the time given. A second signal ends the process at once. */
export class Stop {
  readonly #asked = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param afterMs milliseconds; absent for no limit */
  constructor(afterMs: number | undefined) {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    // The kernel's own limit of a timer is 24 days; nobody watches for longer without meaning for ever.
    if (afterMs !== undefined && afterMs < 2 ** 31) this.#timer = setTimeout(this.ask, afterMs);
  }

  /** Calls back once when it is time. */
  whenAsked(listener: () => void): void {
    const { signal } = this.#asked;
    if (signal.aborted) listener();
    else signal.addEventListener("abort", listener, { once: true });
  }

  /** Waits, and says whether that ended before a stop and its grace did. */
  beats(waited: Promise<void>): Promise<boolean> {
    const { signal } = this.#asked;
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const end = (isDone: boolean): void => {
        signal.removeEventListener("abort", onAsked);
        clearTimeout(timer);
        resolve(isDone);
      };
      const onAsked = (): void => {
        timer = setTimeout(() => end(false), GRACE_MS);
      };
      if (signal.aborted) onAsked();
      else signal.addEventListener("abort", onAsked);
      void waited.then(() => end(true));
    });
  }

  release(): void {
    clearTimeout(this.#timer);
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }

  /** It is time. */
  readonly ask = (): void => this.#asked.abort();

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (!this.#asked.signal.aborted) {
      this.ask();
      return;
    }
    this.release();
    process.kill(process.pid, signal);
  };
}
