import { SemaphoreError } from "./semaphore-error.ts";
import type { Hold } from "./types.ts";

const EALREADY = 114;

/** What a hold needs of its set. */
export interface HoldSet {
  readonly id: number;
  /** Gives units back. @throws SemaphoreError */
  giveBack(semaphore: number, units: number, undo: boolean): void;
}

/** Units of one semaphore; given back once. */
export class UnitHold implements Hold {
  readonly semaphore: number;
  readonly units: number;
  readonly #set: HoldSet;
  readonly #undo: boolean;
  #released = false;

  constructor(set: HoldSet, semaphore: number, units: number, undo: boolean) {
    this.#set = set;
    this.semaphore = semaphore;
    this.units = units;
    this.#undo = undo;
  }

  get released(): boolean {
    return this.#released;
  }

  release(): void {
    const { semaphore } = this;
    if (this.#released) {
      const hint = "these units were given back before; release once, or use `using`";
      throw new SemaphoreError("semop", EALREADY, { set: this.#set.id, semaphore, hint });
    }
    try {
      this.#set.giveBack(semaphore, this.units, this.#undo);
    } catch (error) {
      this.#released = isGone(error);
      throw error;
    }
    this.#released = true;
  }

  [Symbol.dispose](): void {
    if (this.#released) return;
    try {
      this.release();
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
  }
}

function isGone(error: unknown): boolean {
  return error instanceof SemaphoreError && error.code === "EIDRM";
}
