import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  findSemaphores,
  operateSemaphores,
  packSemaphoreSteps,
  removeSemaphores,
} from "@task-watchers/linux";
import { SemaphoreError } from "../set/semaphore-error.ts";
import { codeOf } from "./give-back.ts";

const ETIMEDOUT = 110;
const POLL_MS = 5;

/** Wait until it is 0, and make it 1. */
const TAKE = [
  { semaphore: 0, change: 0 },
  { semaphore: 0, change: 1 },
];
const GIVE = [{ semaphore: 0, change: -1 }];

/**
 * A lock among the processes of the host that opens by itself when its owner dies: a semaphore that is 1 while somebody has it,
 * taken with undo. A set just made is 0, so there is no moment at which it is not ready.
 */
export class HostLock {
  readonly #key: number;
  readonly #mode: number;
  #id: number | undefined;

  /** @param mode permission bits of the semaphore */
  constructor(key: number, mode: number) {
    this.#key = key;
    this.#mode = mode;
  }

  /** A key for a new lock or set: 31 bits by chance, never 0. */
  static newKey(): number {
    return randomInt(1, 0x7fff_ffff);
  }

  /** Takes it if it is free. Owned once, whoever in this process asks. */
  tryTake(): boolean {
    for (;;) {
      const id = findSemaphores(this.#key, 1, { mode: this.#mode, exclusive: false });
      try {
        if (!operateSemaphores(id, packSemaphoreSteps(TAKE, { undo: true, wait: false }))) {
          return false;
        }
        this.#id = id;
        return true;
      } catch (error) {
        // Its last owner removed it between our two calls.
        if (codeOf(error) !== "EIDRM" && codeOf(error) !== "EINVAL") throw error;
      }
    }
  }

  /** @throws SemaphoreError `ETIMEDOUT` when its owner keeps it */
  async take(timeoutMs: number, what: string): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (!this.tryTake()) {
      if (performance.now() > end) {
        const hint = `${what} is locked by another process for ${timeoutMs} ms; is it stopped?`;
        throw new SemaphoreError("semop", ETIMEDOUT, { hint });
      }
      await sleep(POLL_MS);
    }
  }

  give(): void {
    const id = this.#id;
    this.#id = undefined;
    if (id === undefined) return;
    try {
      operateSemaphores(id, packSemaphoreSteps(GIVE, { undo: true, wait: false }));
    } catch (error) {
      if (codeOf(error) !== "EIDRM" && codeOf(error) !== "EINVAL") throw error;
    }
  }

  /** Gives it by removing the semaphore; who wants it next makes it anew. */
  remove(): void {
    const id = this.#id;
    this.#id = undefined;
    if (id === undefined) return;
    try {
      removeSemaphores(id);
    } catch (error) {
      if (codeOf(error) !== "EIDRM" && codeOf(error) !== "EINVAL") throw error;
    }
  }
}
