/** Work on a task that can be interrupted: every step is short, a file of symbols aside. */
export type Work = Generator<undefined, void>;

/** Time that work may take before others have their turn, milliseconds. */
const BUDGET_MS = 10;

interface Queued {
  readonly work: Work;
  readonly done: () => void;
}

/** Does work at once while there is time, and the rest in turns of the event loop. In order. */
export class SettleQueue {
  readonly #queue: Queued[] = [];
  #spentMs = 0;
  #isScheduled = false;

  /** @returns undefined when it is done, else a promise of that */
  do(work: Work): Promise<void> | undefined {
    if (this.#queue.length === 0 && this.#step(work)) return undefined;
    return new Promise<void>((resolve) => {
      this.#queue.push({ work, done: resolve });
      this.#schedule();
    });
  }

  /** Does all of it now, however long that takes. */
  finish(): void {
    for (const { work, done } of this.#queue.splice(0)) {
      while (work.next().done !== true);
      done();
    }
  }

  /** @returns whether it is done */
  #step(work: Work): boolean {
    this.#schedule();
    const startMs = performance.now();
    for (;;) {
      const isDone = work.next().done === true;
      const tookMs = performance.now() - startMs;
      if (!isDone && this.#spentMs + tookMs < BUDGET_MS) continue;
      this.#spentMs += tookMs;
      return isDone;
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#spentMs = 0;
      while (this.#queue.length > 0 && this.#spentMs < BUDGET_MS) {
        const next = this.#queue[0];
        if (next === undefined || !this.#step(next.work)) break;
        this.#queue.shift();
        next.done();
      }
      if (this.#queue.length > 0) this.#schedule();
    });
  }
}
