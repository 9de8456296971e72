import type { Hold } from "../set/types.ts";

/** One slot, held until it is given back, or until who holds it ends. */
export interface Slot extends Disposable, AsyncDisposable {
  /** Process for whose life it is held. */
  readonly pid: number;
  /** Whether it was given back. */
  readonly released: boolean;
  /**
   * Gives it back, once.
   *
   * @throws SemaphoreError `EALREADY` when it was given back before; an error of the file system when the record that tells of
   *   it cannot be removed: the slot is given back all the same
   */
  release(): void;
}

/** A hold on the semaphore and the record that tells of it. */
export class HeldSlot implements Slot {
  readonly pid: number;
  readonly #hold: Hold;
  readonly #takeOff: () => void;

  constructor(pid: number, hold: Hold, takeOff: () => void) {
    this.pid = pid;
    this.#hold = hold;
    this.#takeOff = takeOff;
  }

  get released(): boolean {
    return this.#hold.released;
  }

  release(): void {
    // The record first: at no time are more holders told of than there are.
    try {
      this.#takeOff();
    } finally {
      this.#hold.release();
    }
  }

  [Symbol.dispose](): void {
    try {
      this.#takeOff();
    } finally {
      this.#hold[Symbol.dispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
  }
}
