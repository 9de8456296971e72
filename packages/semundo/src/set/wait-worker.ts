import { Worker } from "node:worker_threads";
import { interruptThread } from "@task-watchers/linux";
import { atExit } from "./at-exit.ts";
import {
  CLOSING,
  GIVEN_UP,
  MADE,
  NATIVE,
  POSTED,
  type ThreadData,
  type ToThread,
  WAITING,
  type WaitReply,
} from "./wait-protocol.ts";

/** How often an interruption is repeated until the thread answers, milliseconds. */
const REPEAT_MS = 2;
/** How long the program's end waits at most for the thread to come out of native code, milliseconds. */
const EXIT_PATIENCE_MS = 5000;

/** What one wait came to. */
export type WaitOutcome = WaitReply["outcome"] | { readonly error: Error };

/** One wait in the thread. */
export interface ThreadWait {
  /** Asks for its end. It then ends as `gone`, unless it was made first. */
  giveUp(): void;
}

/** A thread that waits for one operation at a time. The seam for tests. */
export interface WaitThread {
  /** @param ended called once: later, or from within `giveUp()` */
  wait(set: number, steps: Uint8Array, ended: (outcome: WaitOutcome) => void): ThreadWait;
  /** Whether it keeps the process alive. */
  hold(alive: boolean): void;
  /** Ends it, once it has nothing to wait for. */
  end(): Promise<void>;
}

interface Current {
  readonly number: number;
  readonly state: Int32Array<SharedArrayBuffer>;
  readonly ended: (outcome: WaitOutcome) => void;
}

/** A `WaitThread` that is a thread. Never terminated: that has crashed the process while a native call ran. */
export class WaitWorker implements WaitThread {
  readonly #worker: Worker;
  readonly #shared = new Int32Array(new SharedArrayBuffer(8));
  readonly #exited: Promise<void>;
  readonly #forget: () => void;
  #current: Current | undefined;
  #failure: Error | undefined;
  #number = 0;
  #held = true;

  /** @param made told, at the program's end, that an operation was made which nobody will hear of */
  constructor(made: () => void) {
    const data: ThreadData = { shared: this.#shared };
    // It must not load what this program was told to load at its start: that may be us.
    this.#worker = new Worker(bodyUrl(), {
      name: "semaphores",
      workerData: data,
      execArgv: [],
      env: {},
      trackUnmanagedFds: false,
      // Else Node.js would open this process's own, and make a pipe non-blocking that others share. It writes nothing.
      stdout: true,
      stderr: true,
    });
    this.#worker.on("message", (reply: WaitReply) => this.#settle(reply.number, reply.outcome));
    this.#worker.on("error", (error: Error) => this.#fail(error));
    this.#forget = atExit(() => this.#keepOut(made));
    this.#exited = new Promise((resolve) => {
      this.#worker.once("exit", () => {
        this.#forget();
        this.#fail(new Error("The thread that waits for semaphores has ended"));
        resolve();
      });
    });
  }

  wait(set: number, steps: Uint8Array, ended: (outcome: WaitOutcome) => void): ThreadWait {
    this.#number += 1;
    const number = this.#number;
    const state = new Int32Array(new SharedArrayBuffer(4));
    this.#current = { number, state, ended };
    if (this.#failure === undefined) this.#post({ number, set, steps, state });
    else setImmediate(() => this.#settle(number, { error: this.#failure as Error }));
    return { giveUp: () => this.#giveUp(number) };
  }

  hold(alive: boolean): void {
    if (alive === this.#held) return;
    this.#held = alive;
    if (alive) this.#worker.ref();
    else this.#worker.unref();
  }

  end(): Promise<void> {
    this.hold(true);
    if (this.#failure === undefined) this.#post("end");
    return this.#exited;
  }

  #post(message: ToThread): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker.postMessage(message);
  }

  #giveUp(number: number): void {
    const current = this.#current;
    if (current?.number !== number) return;
    if (Atomics.compareExchange(current.state, 0, POSTED, GIVEN_UP) === POSTED) {
      // It will not begin: nobody need wait for its answer.
      this.#settle(number, "gone");
      return;
    }
    if (Atomics.compareExchange(current.state, 0, WAITING, GIVEN_UP) === WAITING)
      this.#interrupt(number);
  }

  /** A signal that comes before the call blocks is for nothing, hence again and again. */
  #interrupt(number: number): void {
    if (this.#current?.number !== number) return;
    const thread = Atomics.load(this.#shared, NATIVE);
    if (thread === 0) return;
    interruptThread(thread);
    setTimeout(() => this.#interrupt(number), REPEAT_MS);
  }

  #settle(number: number, outcome: WaitOutcome): void {
    const current = this.#current;
    if (current?.number !== number) return;
    this.#current = undefined;
    current.ended(outcome);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    if (this.#current !== undefined) this.#settle(this.#current.number, { error: this.#failure });
  }

  /** The end of a program ends its threads: this one is got out of the kernel, and of all native code, first. */
  #keepOut(made: () => void): void {
    const state = this.#current?.state;
    if (state !== undefined) {
      Atomics.compareExchange(state, 0, POSTED, GIVEN_UP);
      Atomics.compareExchange(state, 0, WAITING, GIVEN_UP);
    }
    Atomics.store(this.#shared, CLOSING, 1);
    const patience = performance.now() + EXIT_PATIENCE_MS;
    for (;;) {
      const thread = Atomics.load(this.#shared, NATIVE);
      if (thread === 0 || performance.now() > patience) break;
      if (thread > 0) interruptThread(thread);
      Atomics.wait(this.#shared, NATIVE, thread, 1);
    }
    if (state !== undefined && Atomics.load(state, 0) === MADE) made();
  }
}

/** Compiled beside this file, or its source where Node.js runs sources. */
function bodyUrl(): URL {
  return new URL(
    import.meta.url.endsWith(".ts") ? "./wait-thread.ts" : "./wait-thread.cjs",
    import.meta.url,
  );
}
