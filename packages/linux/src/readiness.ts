import type { FileDescriptor } from "./file-descriptor.ts";
import { libc, type PollHandle } from "./libc.ts";

/**
 * Calls back while a descriptor is readable (level-triggered), from libuv's own epoll and without a thread.
 *
 * On a receive overrun epoll reports an error; libuv then calls back once with a negative status and has *stopped* the
 * handle. The listener is called all the same, so that it drains, and the handle is started again afterwards.
 */
export class Readiness {
  readonly #listener: () => void;
  readonly #handle: PollHandle;
  #closed = false;
  #started = true;
  /** Between libuv's stop after an error and the start of its own accord. */
  #recovering = false;
  /** Times libuv had stopped the handle and it was started again. */
  restarts = 0;

  /** Starts at once. Keeps the process alive until `stop`, `unref` or `close`. */
  constructor(fd: FileDescriptor, listener: () => void) {
    this.#listener = listener;
    this.#handle = libc().poll(fd.number, this.#onPoll);
    if (open.size === 0) process.on("exit", closeAll);
    open.add(this);
  }

  /** Whether the listener is to be called, as far as the caller has asked. */
  get started(): boolean {
    return this.#started;
  }

  start(): void {
    if (this.#closed || this.#started) return;
    this.#started = true;
    if (this.#recovering) return;
    this.#handle.start({ readable: true }, this.#onPoll);
  }

  stop(): void {
    if (this.#closed || !this.#started) return;
    this.#started = false;
    this.#handle.stop();
  }

  ref(): void {
    if (!this.#closed) this.#handle.ref();
  }

  unref(): void {
    if (!this.#closed) this.#handle.unref();
  }

  /** Must come before the descriptor is closed: libuv still knows its number. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#started = false;
    this.#handle.close();
    open.delete(this);
    if (open.size === 0) process.off("exit", closeAll);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  readonly #onPoll = (status: unknown): void => {
    if (this.#closed || !this.#started) return;
    settleSoon();
    if (typeof status === "number" && status >= 0) {
      this.#call();
      return;
    }
    // The handle cannot be started from inside its own callback; setImmediate also keeps the process alive meanwhile.
    this.#recovering = true;
    setImmediate(() => {
      this.#recovering = false;
      if (this.#closed || !this.#started) return;
      this.restarts++;
      this.#handle.start({ readable: true }, this.#onPoll);
    });
    this.#call();
  };

  /** koffi would swallow an exception and never call again; so it becomes an uncaught one, as in any Node.js callback. */
  #call(): void {
    try {
      this.#listener();
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
}

let isSettling = false;

/**
 * Has the promises settled and the ticks queued in a callback run right after it. koffi calls from outside of Node.js's own callbacks,
 * which alone run them; until Node.js 26.4 every turn of the event loop did so besides.
 */
function settleSoon(): void {
  if (isSettling) return;
  isSettling = true;
  setImmediate(() => {
    isSettling = false;
  });
}

/**
 * Those not closed yet. Node.js runs the event loop once more when it takes its environment down; a callback into
 * JavaScript at that time ends the process with a fatal error.
 */
const open = new Set<Readiness>();

function closeAll(): void {
  for (const readiness of open) readiness.close();
}
