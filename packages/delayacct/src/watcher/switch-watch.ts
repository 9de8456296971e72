import { monotonicNs } from "@task-watchers/linux";
import type { DelayAccountingState } from "../switch/sysctl.ts";

/**
 * Delay accounting over a task's life, as far as it was looked at. `off` and `on`: all the time. `changed`: it was off for a
 * part of it, so what was counted is not all. `unknown`: as of a task that began before anybody looked.
 */
export type Switched = "on" | "off" | "changed" | "unknown";

/** Whether delay accounting is on, asked for as often as there are ends of tasks to tell of: others may turn the switch. */
export class SwitchWatch {
  readonly #read: () => DelayAccountingState;
  readonly #now: () => bigint;
  #state: DelayAccountingState;
  /** When it was read last, and when it was first read as it has been since then. */
  #readNs: bigint;
  #sinceNs: bigint;
  #lastOffNs: bigint | undefined;
  #wasTurnedOff = false;

  /** @param now CLOCK_MONOTONIC, nanoseconds */
  constructor(read: () => DelayAccountingState, now: () => bigint = monotonicNs) {
    this.#read = read;
    this.#now = now;
    this.#sinceNs = now();
    this.#state = read();
    this.#readNs = this.#sinceNs;
    if (this.#state === "off") this.#lastOffNs = this.#sinceNs;
  }

  /** Reads it now. */
  look(): DelayAccountingState {
    // Before it is read: what it says holds for all that was before.
    const nowNs = this.#now();
    const state = this.#read();
    if (state !== this.#state) {
      if (this.#state === "on") this.#wasTurnedOff = true;
      this.#state = state;
      this.#sinceNs = nowNs;
    }
    if (state === "off") this.#lastOffNs = nowNs;
    this.#readNs = nowNs;
    return state;
  }

  /** As read last. */
  get state(): DelayAccountingState {
    return this.#state;
  }

  /** It was seen on, and then off. */
  get wasTurnedOff(): boolean {
    return this.#wasTurnedOff;
  }

  /** How it was from a task's start to its end. One read serves all that ended before it. */
  during(startNs: bigint, endNs: bigint): Switched {
    if (this.#readNs <= endNs) this.look();
    const isSince = this.#sinceNs <= startNs;
    if (this.#state === "unknown") return "unknown";
    if (isSince) return this.#state;
    if (this.#state === "off") return "changed";
    return this.#lastOffNs !== undefined && this.#lastOffNs >= startNs ? "changed" : "unknown";
  }
}
