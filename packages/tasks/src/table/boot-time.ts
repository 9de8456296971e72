import { clockOffsets, monotonicNs } from "@task-watchers/linux/clock";
import { TICK_NS } from "@task-watchers/linux/procfs";

/** How long an offset is believed, nanoseconds: a suspend of the machine changes it. */
const BELIEVED_NS = 1e9;
const TICK = Number(TICK_NS);

/**
 * Turns event times (CLOCK_MONOTONIC) into /proc's start times (CLOCK_BOOTTIME ticks) and back. In floating point, exact to
 * some nanoseconds for decades: a bigint division for every fork would cost as much as all the rest of it.
 */
export class BootTime {
  #offsetNs = 0;
  #sampledNs = -BELIEVED_NS;

  /** The tick in which a task that was announced at `timeNs` started; the announcement may come one tick later. */
  ticks(timeNs: bigint): number {
    const ns = Number(timeNs);
    return Math.floor((ns + this.#offset(ns)) / TICK);
  }

  /** Start of a tick on CLOCK_MONOTONIC: up to 10 ms before the true time. */
  monotonicNs(ticks: number): bigint {
    return BigInt(ticks * TICK - this.#offset(Number(monotonicNs())));
  }

  #offset(nowNs: number): number {
    if (nowNs - this.#sampledNs < BELIEVED_NS) return this.#offsetNs;
    this.#sampledNs = nowNs;
    this.#offsetNs = Number(clockOffsets().boottimeNs);
    return this.#offsetNs;
  }
}

/**
 * Whether two start times may be one task's. The event's time is taken after the task's own, by as long as the forking
 * CPU was kept from going on; a pid comes round again no sooner than after some 300 ms.
 */
export function sameStart(a: number, b: number): boolean {
  return Math.abs(a - b) <= 10;
}
