import type { Seat } from "./seat.ts";

interface Waiting {
  readonly dueMs: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Tasks that wait for their record, each as long as the others: one timer serves all. */
export class WaitingSeats {
  readonly #graceMs: number;
  readonly #giveUp: (seat: Seat) => void;
  readonly #waiting = new Map<Seat, Waiting>();
  #timer: NodeJS.Timeout | undefined;

  /** @param giveUp called when a seat's time is over; calls `done` for it */
  constructor(graceMs: number, giveUp: (seat: Seat) => void) {
    this.#graceMs = graceMs;
    this.#giveUp = giveUp;
  }

  add(seat: Seat): Promise<void> {
    const dueMs = performance.now() + this.#graceMs;
    const { promise, resolve, reject } = withResolvers();
    this.#waiting.set(seat, { dueMs, resolve, reject });
    this.#timer ??= setTimeout(() => this.#expire(), this.#graceMs);
    return promise;
  }

  /** Its wait is over, once something is done: should that throw, who waits gets the error. */
  done(seat: Seat, last: () => void): void {
    const waiting = this.#waiting.get(seat);
    this.#waiting.delete(seat);
    try {
      last();
    } catch (error) {
      if (waiting === undefined) throw error;
      waiting.reject(error);
      return;
    }
    waiting?.resolve();
  }

  /** All waits are over. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const seat of [...this.#waiting.keys()]) this.#giveUp(seat);
  }

  #expire(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    for (const [seat, { dueMs }] of this.#waiting) {
      if (dueMs > nowMs) {
        this.#timer = setTimeout(() => this.#expire(), dueMs - nowMs);
        return;
      }
      this.#giveUp(seat);
    }
  }
}

type Resolvers = Pick<Waiting, "resolve" | "reject"> & { readonly promise: Promise<void> };

/** `Promise.withResolvers`, which Node.js has since 22. */
function withResolvers(): Resolvers {
  let resolve: Waiting["resolve"] = () => {};
  let reject: Waiting["reject"] = () => {};
  const promise = new Promise<void>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  return { promise, resolve, reject };
}
