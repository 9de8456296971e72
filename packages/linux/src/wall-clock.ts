import { clockOffsets } from "./clock.ts";

/** How long the wall clock is taken not to have been set, nanoseconds. */
const BELIEVED_NS = 100_000_000n;

/** The wall clock beside CLOCK_MONOTONIC, asked for now and then: thousands of records may come at once. */
export class WallClock {
  #realtimeNs = 0n;
  #askedNs: bigint | undefined;

  /** CLOCK_REALTIME less CLOCK_MONOTONIC, nanoseconds. @param nowNs CLOCK_MONOTONIC, nanoseconds */
  realtimeNs(nowNs: bigint): bigint {
    if (this.#askedNs === undefined || nowNs - this.#askedNs > BELIEVED_NS) {
      this.#realtimeNs = clockOffsets().realtimeNs;
      this.#askedNs = nowNs;
    }
    return this.#realtimeNs;
  }
}
