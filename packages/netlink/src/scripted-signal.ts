import type { ReadySignal } from "./transport.ts";

/** Readiness as libuv gives it: level-triggered, never from inside the call that made data ready. */
export class ScriptedSignal implements ReadySignal {
  readonly #listener: () => void;
  readonly #isReadable: () => boolean;
  #started = true;
  #scheduled = false;
  /** Whether this would keep the process alive. */
  referenced = true;

  constructor(listener: () => void, isReadable: () => boolean) {
    this.#listener = listener;
    this.#isReadable = isReadable;
    this.poll();
  }

  get started(): boolean {
    return this.#started;
  }

  /** Schedules a call of the listener if there is a reason. */
  poll(): void {
    if (this.#scheduled || !this.#started || !this.#isReadable()) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#started || !this.#isReadable()) return;
      try {
        this.#listener();
      } finally {
        this.poll();
      }
    });
  }

  start(): void {
    this.#started = true;
    this.poll();
  }

  stop(): void {
    this.#started = false;
  }

  ref(): void {
    this.referenced = true;
  }

  unref(): void {
    this.referenced = false;
  }
}
