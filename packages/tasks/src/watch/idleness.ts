import { inTime } from "./in-time.ts";

/** Those who wait until nothing lives any more and no watcher is at work. */
export class Idleness {
  readonly #isIdle: () => boolean;
  readonly #waiting: Array<() => void> = [];

  constructor(isIdle: () => boolean) {
    this.#isIdle = isIdle;
  }

  /** Resolves when it is so. */
  async reached(): Promise<void> {
    if (!this.#isIdle()) await this.#nextTime();
  }

  /** Resolves the next time it is so, or when the time is over. */
  async inTime(ms: number): Promise<void> {
    await inTime(this.#nextTime(), ms);
  }

  /** It may be so now. */
  check(): void {
    if (this.#waiting.length > 0 && this.#isIdle()) this.release();
  }

  /** Nobody is to wait any longer. */
  release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #nextTime(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
