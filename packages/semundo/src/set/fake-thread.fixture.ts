import type { SemaphoreStep } from "./types.ts";
import { WaitQueue } from "./wait-queue.ts";
import type { WaitOutcome, WaitThread } from "./wait-worker.ts";

/** A set in memory and a thread that waits on it as told. */
export class FakeKernel {
  value = 0;
  /** Steps that are in the thread. */
  inThread: SemaphoreStep[] | undefined;
  threads = 0;
  ended = 0;
  alive: boolean | undefined;
  /** Whether an end that is asked for comes at once; otherwise `answer()` gives it. */
  prompt = true;
  #answer: ((outcome: WaitOutcome) => void) | undefined;
  #packed: SemaphoreStep[] = [];

  readonly queue: WaitQueue = new WaitQueue(
    {
      set: 7,
      operate: (steps) => this.operate(steps),
      pack: (steps) => {
        this.#packed = [...steps];
        return new Uint8Array();
      },
      refused: (_steps, syscall, errno) => new Error(`${syscall} ${errno}`),
    },
    () => this.#thread(),
  );

  operate(steps: readonly SemaphoreStep[]): boolean {
    let { value } = this;
    for (const { change } of steps) {
      if (change === 0 ? value !== 0 : value + change < 0) return false;
      value += change;
    }
    this.value = value;
    return true;
  }

  /** Ends the wait in the thread; for `made` the value must have been changed before. */
  answer(outcome: WaitOutcome): void {
    const answer = this.#answer;
    this.#answer = undefined;
    this.inThread = undefined;
    answer?.(outcome);
  }

  /** The kernel finds that the thread's steps can be made now. */
  wake(): void {
    if (this.inThread !== undefined && this.operate(this.inThread)) this.answer("made");
  }

  #thread(): WaitThread {
    this.threads += 1;
    return {
      wait: (_set, _steps, ended) => {
        this.inThread = this.#packed;
        this.#answer = ended;
        return { giveUp: () => this.prompt && this.answer("gone") };
      },
      hold: (alive) => {
        this.alive = alive;
      },
      end: async () => {
        this.ended += 1;
      },
    };
  }
}
