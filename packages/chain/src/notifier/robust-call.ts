import type { BlockNode } from "./block-list.ts";
import { runToEnd } from "./call-chain.ts";
import type { ChainState } from "./chain-state.ts";
import { MOST_CALLS, Walk } from "./walk.ts";

/** Where a robust call finds its list: once for the way up and once for the way down. */
interface ListHead<Action, Data> {
  readonly head: BlockNode<Action, Data> | null;
}

/** A call that takes back what it told when somebody refuses. */
class RobustCall<Action, Data> {
  readonly #state: ChainState<Action, Data>;
  readonly #list: ListHead<Action, Data>;
  readonly #down: Action;
  readonly #data: Data;
  readonly #rise: Walk<Action, Data>;
  #fall: Walk<Action, Data> | undefined;

  constructor(
    state: ChainState<Action, Data>,
    list: ListHead<Action, Data>,
    [up, down]: readonly [Action, Action],
    data: Data,
  ) {
    this.#state = state;
    this.#list = list;
    this.#down = down;
    this.#data = data;
    this.#rise = new Walk(state, MOST_CALLS, up, data, list.head);
  }

  run(): PromiseLike<unknown> | undefined {
    if (this.#fall !== undefined) {
      return this.#fall.run();
    }
    const pending = this.#rise.run();
    if (pending !== undefined || !this.#rise.stopped) {
      return pending;
    }
    // Not the one that refused: nothing of what it did stands.
    const told = this.#rise.calls - 1;
    this.#fall = new Walk(this.#state, told, this.#down, this.#data, this.#list.head);
    this.#fall.failures = this.#rise.failures;
    return this.#fall.run();
  }

  settle(pending: PromiseLike<unknown>): Promise<void> {
    return (this.#fall ?? this.#rise).settle(pending);
  }

  end(): number {
    if (this.#fall !== undefined) {
      this.#rise.failures = this.#fall.failures;
    }
    return this.#rise.end();
  }
}

/**
 * Calls a list with `up`; when a callback stops it, calls those before that one with `down`, in
 * the same order. The kernel's `notifier_call_chain_robust()`.
 */
export function callRobust<Action, Data>(
  state: ChainState<Action, Data>,
  list: ListHead<Action, Data>,
  actions: readonly [up: Action, down: Action],
  data: Data,
): number | Promise<number> {
  const { epoch } = state.grace;
  return runToEnd(state, epoch, new RobustCall(state, list, actions, data), undefined);
}
