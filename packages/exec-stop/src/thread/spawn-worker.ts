import { stat } from "node:fs";
import { Worker } from "node:worker_threads";
import { noWorkingDirectory, unavailable } from "../unavailable.ts";
import type { ExecChild, ExecChildEnd } from "./exec-child.ts";
import {
  type Begun,
  BUSY,
  CLOSING,
  type FromThread,
  type SpawnFailure,
  type ThreadData,
  type ThreadSpawnOptions,
  type ToThread,
} from "./protocol.ts";

/** What a thread says that is under the filter. */
export type Started = Extract<Begun, { type: "begun" }>;

interface Waiting {
  readonly resolve: (pid: number) => void;
  readonly reject: (error: Error) => void;
  readonly end: PromiseWithResolvers<ExecChildEnd>;
}

/** What Node.js calls it when pthread_create(3) has failed. */
const NO_THREAD = "ERR_WORKER_INIT_FAILED";

/** The thread under the filter, as the rest of the program sees it. Never terminated: it ends when it has no more to do. */
export class SpawnWorker {
  readonly #worker: Worker;
  readonly #shared = new Int32Array(new SharedArrayBuffer(8));
  readonly #waiting = new Map<number, Waiting>();
  #onLost: ((error: Error) => void) | undefined;
  #lost: Error | undefined;
  /** It was lost when there was nobody to be told. */
  #isUntold = false;
  readonly #begun = withResolvers<Started>();
  #hasBegun = false;
  #number = 0;
  #ending = false;

  private constructor(filter: Uint8Array) {
    // Whoever waits for it is told.
    this.#begun.promise.catch(() => {});
    const data: ThreadData = { shared: this.#shared, filter };
    // It must not load what this program was told to load at its start: that may be us.
    this.#worker = new Worker(bodyUrl(), {
      name: "exec-stop",
      workerData: data,
      execArgv: [],
      env: {},
      trackUnmanagedFds: false,
      // Else Node.js would open this process's own, and make a pipe non-blocking that others share. It writes nothing.
      stdout: true,
      stderr: true,
    });
    this.#worker.on("message", (message: FromThread) => this.#onMessage(message));
    this.#worker.on("error", (error: Error) => this.#fail(error));
    this.#worker.once("exit", () => this.#fail(new Error("the thread has ended")));
  }

  /** Starts the thread, which puts itself under the filter. @throws (rejects) ExecStopUnavailableError when there can be no more threads */
  static async start(filter: Uint8Array): Promise<SpawnWorker> {
    // Node.js keeps a few threads for files; whoever needs them first starts them, all at once. That must not be the one under
    // the filter.
    stat("/", () => {});
    try {
      process.cwd();
    } catch (error) {
      throw noWorkingDirectory(error);
    }
    try {
      return new SpawnWorker(filter);
    } catch (error) {
      const isRefused = error instanceof Error && "code" in error && error.code === NO_THREAD;
      throw isRefused ? unavailable("EAGAIN", error) : error;
    }
  }

  /** What it said when it was under the filter. @throws (rejects) ExecStopUnavailableError */
  get begun(): Promise<Started> {
    return this.#begun.promise;
  }

  /** @param listener called when it has ended with commands running, or unasked; at once if that was before */
  whenLost(listener: (error: Error) => void): void {
    this.#onLost = listener;
    if (this.#isUntold && this.#lost !== undefined) listener(this.#lost);
    this.#isUntold = false;
  }

  /** Whether it is in native code; the end of the program must wait. */
  get busy(): boolean {
    return Atomics.load(this.#shared, BUSY) !== 0;
  }

  /** Keeps it out of native code from now on. */
  keepOut(): void {
    Atomics.store(this.#shared, CLOSING, 1);
  }

  async spawn(
    file: string,
    args: readonly string[],
    options: ThreadSpawnOptions,
  ): Promise<ExecChild> {
    if (this.#lost !== undefined) throw this.#lost;
    this.#number += 1;
    const number = this.#number;
    const end = withResolvers<ExecChildEnd>();
    // Who does not ask for the end need not be told that it cannot be known.
    end.promise.catch(() => {});
    this.#worker.ref();
    const pid = await new Promise<number>((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject, end });
      this.#post({ type: "spawn", number, file, args, options });
    });
    return {
      pid,
      ended: end.promise,
      kill: (signal = "SIGTERM") => this.#post({ type: "kill", number, signal }),
    };
  }

  /** Lets it end once its commands have. Does not keep the process alive for that. */
  end(): void {
    this.#ending = true;
    this.#post({ type: "end" });
    if (this.#waiting.size === 0) this.#worker.unref();
  }

  #onMessage(message: FromThread): void {
    if (message.type === "begun") {
      this.#hasBegun = true;
      this.#begun.resolve(message);
      this.#idle();
      return;
    }
    if (message.type === "refused") {
      this.#ending = true;
      this.#begun.reject(unavailable(message.code, new Error(message.message)));
      return;
    }
    const waiting = this.#waiting.get(message.number);
    if (waiting === undefined) return;
    if (message.type === "started") {
      waiting.resolve(message.pid);
      return;
    }
    this.#waiting.delete(message.number);
    this.#idle();
    if (message.type === "failed") waiting.reject(spawnError(message.failure));
    else waiting.end.resolve(ended(message.code, message.signal));
  }

  /** A thread with nothing to do keeps no program alive. */
  #idle(): void {
    if (this.#waiting.size === 0) this.#worker.unref();
  }

  #fail(error: Error): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    // Before it has begun, whoever starts it is told.
    this.#begun.reject(error);
    const isLoss = !this.#ending || this.#waiting.size > 0;
    for (const { reject, end } of this.#waiting.values()) {
      reject(error);
      end.reject(error);
    }
    this.#waiting.clear();
    if (!isLoss || !this.#hasBegun) return;
    this.#isUntold = this.#onLost === undefined;
    this.#onLost?.(error);
  }

  #post(message: ToThread): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker.postMessage(message);
  }
}

function ended(code: number | null, signal: NodeJS.Signals | null): ExecChildEnd {
  return { ...(code !== null && { code }), ...(signal !== null && { signal }) };
}

function spawnError({ message, ...properties }: SpawnFailure): Error {
  return Object.assign(new Error(message), properties);
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** Promise.withResolvers(), which Node.js has from version 22 on. */
function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((settle, refuse) => {
    resolve = settle;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

/** Compiled beside this file, or its source where Node.js runs sources. */
function bodyUrl(): URL {
  return new URL(
    import.meta.url.endsWith(".ts") ? "./spawn-thread.ts" : "./spawn-thread.cjs",
    import.meta.url,
  );
}
