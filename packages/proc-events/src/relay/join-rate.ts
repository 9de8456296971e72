import { RelayError } from "./relay-error.ts";

/** Length of the time in which sessions are counted, nanoseconds. */
const WINDOW_NS = 1_000_000_000n;

/** Holds a user to so many new sessions a second: each may begin with a line for every task of the host. */
export class JoinRate {
  readonly #max: number;
  readonly #users = new Map<number, number>();
  #sinceNs = 0n;

  constructor(max: number) {
    this.#max = max;
  }

  /** @throws RelayError `EAGAIN` when this user had as many as it may */
  count(uid: number, nowNs: bigint): void {
    if (nowNs - this.#sinceNs >= WINDOW_NS) {
      this.#users.clear();
      this.#sinceNs = nowNs;
    }
    const joined = this.#users.get(uid) ?? 0;
    if (joined >= this.#max) {
      throw new RelayError(
        "EAGAIN",
        `user ${uid} began ${this.#max} sessions within a second; try again later`,
      );
    }
    this.#users.set(uid, joined + 1);
  }
}
