import type { BlockNode } from "./block-list.ts";
import type { ChainState } from "./chain-state.ts";
import { type Failures, badAnswer, fail, isThenable, muffle } from "./failures.ts";
import { NotifierError } from "./notifier-error.ts";
import { NOTIFY_DONE, NOTIFY_STOP_MASK } from "./notify-codes.ts";

/** The most callbacks of one call: any more, and blocks keep moving themselves on a live list. */
export const MOST_CALLS = 100_000;

/** A call's way along a list, as `notifier_call_chain()` goes it; stops at promises and goes on. */
export class Walk<Action, Data> {
  /** The answer of the callback called last. */
  result: number = NOTIFY_DONE;
  /** Callbacks called, one that ended the walk included. */
  calls: number;
  /** Errors that no sink took. */
  failures: Failures | null = null;
  readonly #state: ChainState<Action, Data>;
  readonly #limit: number;
  readonly #action: Action;
  readonly #data: Data;
  #next: BlockNode<Action, Data> | null;
  #node: BlockNode<Action, Data> | null;

  /** Begins at `next`, `calls` callbacks having been called already, `node` the last of them. */
  constructor(
    state: ChainState<Action, Data>,
    limit: number,
    action: Action,
    data: Data,
    next: BlockNode<Action, Data> | null,
    node: BlockNode<Action, Data> | null = null,
    calls = 0,
  ) {
    this.#state = state;
    this.#limit = limit;
    this.#action = action;
    this.#data = data;
    this.#next = next;
    this.#node = node;
    this.calls = calls;
  }

  get stopped(): boolean {
    return (this.result & NOTIFY_STOP_MASK) !== 0;
  }

  /** Goes on to the end, or to a promise: returns it, to be given to `settle`. */
  run(): PromiseLike<unknown> | undefined {
    while (this.#next !== null && this.calls < this.#limit && !this.stopped) {
      const node = this.#next;
      // Read before the callback, which may take its own block off the list.
      this.#next = node.next;
      this.#node = node;
      this.calls += 1;
      const { call } = node;
      try {
        const pending = this.take(call(this.#action, this.#data));
        if (pending !== undefined) {
          return pending;
        }
      } catch (error) {
        this.fail(error);
      }
    }
    return undefined;
  }

  /** Waits for a promise and takes what comes of it. Never rejects. */
  async settle(pending: PromiseLike<unknown>): Promise<void> {
    try {
      this.take(await pending);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Takes the answer of the callback called last; gives it back if it has to be waited for. */
  take(answer: unknown): PromiseLike<unknown> | undefined {
    this.result = NOTIFY_DONE;
    if (answer === undefined) {
      return undefined;
    }
    if (typeof answer === "number" && (answer | 0) === answer) {
      if (this.#state.unstoppable && (answer & NOTIFY_STOP_MASK) !== 0) {
        this.fail(
          new TypeError(`answered ${answer} on ${this.#state.name}, which cannot be stopped`),
        );
      } else {
        this.result = answer;
      }
      return undefined;
    }
    const thenable = isThenable(answer);
    if (thenable && this.#state.sleeps) {
      return answer;
    }
    if (this.#node !== null) {
      this.fail(badAnswer(this.#state, this.#node, answer));
      if (thenable) {
        muffle(this.#state, answer, this.#node, this.#action, this.#data);
      }
    }
    return undefined;
  }

  /** Takes the error of the callback called last, which counts as NOTIFY_DONE. */
  fail(error: unknown): void {
    this.result = NOTIFY_DONE;
    if (this.#node !== null) {
      this.failures = fail(this.#state, this.failures, error, this.#node, this.#action, this.#data);
    }
  }

  /**
   * The result, once nothing is left to run. A walk that its limit cut short is an error.
   *
   * @throws `AggregateError` of the errors that no sink took
   */
  end(): number {
    const { result } = this;
    if (this.#next !== null && !this.stopped) {
      const name = this.#state.name;
      this.fail(new NotifierError("ELOOP", `${name} had no end after ${this.calls} callbacks`));
    }
    if (this.failures !== null) {
      throw this.failures.toError(this.#state.name);
    }
    return result;
  }
}
