import type { SemaphoreStep } from "./types.ts";
import type { ThreadWait, WaitOutcome, WaitThread } from "./wait-worker.ts";

/** How long the thread is kept with nothing to wait for, milliseconds: making one costs some 50. */
const IDLE_MS = 2000;

/** The calls on one set that the queue makes. */
export interface QueueCalls {
  readonly set: number;
  /** Without waiting. @returns whether the steps were made */
  operate(steps: readonly SemaphoreStep[], undo: boolean): boolean;
  /** Lays steps out for the thread. */
  pack(steps: readonly SemaphoreStep[], undo: boolean): Uint8Array;
  /** The error for a wait that the kernel ended. */
  refused(steps: readonly SemaphoreStep[], syscall: string, errno: number): Error;
}

/** One operation in the queue. */
export interface Waiter {
  /** The object whose close() gives it up. */
  readonly owner: object;
  readonly steps: readonly SemaphoreStep[];
  readonly undo: boolean;
  /** Whether it keeps the process alive. */
  readonly ref: boolean;
  /** Called once. */
  made(): void;
  /** Called once. */
  failed(error: unknown): void;
}

interface Entry {
  readonly waiter: Waiter;
  /** Why it is given up; what was made after that is taken back unless it `mayStand`. */
  givenUp?: { readonly error: Error; readonly mayStand: boolean };
}

/** The waiters of one set: in order, the first of them in the kernel, in the one thread there is. */
export class WaitQueue {
  readonly #calls: QueueCalls;
  readonly #startThread: (made: () => void) => WaitThread;
  readonly #queue = new Set<Entry>();
  readonly #endings = new Set<Promise<void>>();
  #thread: WaitThread | undefined;
  #first: { readonly entry: Entry; readonly wait: ThreadWait } | undefined;
  #held = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(calls: QueueCalls, startThread: (made: () => void) => WaitThread) {
    this.#calls = calls;
    this.#startThread = startThread;
  }

  /** Operations that wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** Those of one owner. */
  of(owner: object): number {
    let count = 0;
    for (const { waiter } of this.#queue) if (waiter.owner === owner) count += 1;
    return count;
  }

  /**
   * Puts an operation at the end.
   *
   * @returns gives it up, unless it has ended; `mayStand` when it counts if it was made at that very moment
   */
  add(waiter: Waiter): (error: Error, mayStand: boolean) => void {
    const entry: Entry = { waiter };
    this.#queue.add(entry);
    if (waiter.ref) this.#held += 1;
    this.#advance();
    return (error, mayStand) => this.#giveUp(entry, error, mayStand);
  }

  /** Gives up all of one owner, and ends the thread if nobody else waits. */
  async close(owner: object, error: () => Error): Promise<void> {
    const own = [...this.#queue].filter(({ waiter }) => waiter.owner === owner);
    // The first last, or the second would take its place.
    for (const entry of own.toReversed()) this.#giveUp(entry, error(), false);
    // It may still be on its way out of the kernel.
    while (this.of(owner) > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    if (this.#queue.size > 0) return;
    this.#endThread();
    await Promise.all(this.#endings);
  }

  #giveUp(entry: Entry, error: Error, mayStand: boolean): void {
    if (!this.#queue.has(entry) || entry.givenUp !== undefined) return;
    entry.givenUp = { error, mayStand };
    if (this.#first?.entry === entry) this.#first.wait.giveUp();
    else {
      this.#end(entry, () => entry.waiter.failed(error));
      this.#settleThread();
    }
  }

  /** Serves from the head on until one has to wait. */
  #advance(): void {
    while (this.#first === undefined) {
      const [entry] = this.#queue;
      if (entry === undefined) break;
      this.#serve(entry);
    }
    this.#settleThread();
  }

  #serve(entry: Entry): void {
    const { steps, undo, made, failed } = bound(entry.waiter);
    try {
      if (this.#calls.operate(steps, undo)) {
        this.#end(entry, made);
        return;
      }
      const thread = (this.#thread ??= this.#startThread(() => this.#takeBackFirst()));
      const packed = this.#calls.pack(steps, undo);
      const wait = thread.wait(this.#calls.set, packed, (outcome) => this.#ended(entry, outcome));
      this.#first = { entry, wait };
    } catch (error) {
      this.#end(entry, () => failed(error));
    }
  }

  #ended(entry: Entry, outcome: WaitOutcome): void {
    this.#first = undefined;
    const { steps, undo, made, failed } = bound(entry.waiter);
    const { givenUp } = entry;
    if (outcome === "made") {
      const stands = givenUp === undefined || givenUp.mayStand || !this.#takeBack(steps, undo);
      this.#end(entry, stands ? made : () => failed(givenUp.error));
    } else if (outcome === "gone") {
      this.#end(entry, () => failed(givenUp?.error));
    } else if ("error" in outcome) {
      this.#thread = undefined;
      this.#end(entry, () => failed(outcome.error));
    } else {
      const refusal = this.#calls.refused(steps, outcome.syscall, outcome.errno);
      this.#end(entry, () => failed(givenUp?.error ?? refusal));
    }
    this.#advance();
  }

  #takeBackFirst(): void {
    if (this.#first === undefined) return;
    const { steps, undo } = this.#first.entry.waiter;
    this.#takeBack(steps, undo);
  }

  /** @returns false when it stands: others have used meanwhile what it gave */
  #takeBack(steps: readonly SemaphoreStep[], undo: boolean): boolean {
    const reverse = steps
      .filter(({ change }) => change !== 0)
      .map(({ semaphore, change }) => ({ semaphore, change: -change }))
      .toReversed();
    if (reverse.length === 0) return true;
    try {
      return this.#calls.operate(reverse, undo);
    } catch (error) {
      // With its set the units went, too.
      return error instanceof Error && "code" in error && error.code === "EIDRM";
    }
  }

  #end(entry: Entry, tell: () => void): void {
    if (!this.#queue.delete(entry)) return;
    if (entry.waiter.ref) this.#held -= 1;
    tell();
  }

  #settleThread(): void {
    clearTimeout(this.#idle);
    this.#idle = undefined;
    this.#thread?.hold(this.#held > 0);
    if (this.#queue.size > 0 || this.#thread === undefined) return;
    this.#idle = setTimeout(() => this.#endThread(), IDLE_MS).unref();
  }

  #endThread(): void {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#thread = undefined;
    const ending = thread.end().finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }
}

/** Callers may destructure it. */
function bound(waiter: Waiter): Waiter {
  return {
    owner: waiter.owner,
    steps: waiter.steps,
    undo: waiter.undo,
    ref: waiter.ref,
    made: () => waiter.made(),
    failed: (error) => waiter.failed(error),
  };
}
