import type { BlockList } from "./block-list.ts";
import { callChain } from "./call-chain.ts";
import { type ChainState, createChainState, unlink } from "./chain-state.ts";
import { type NotifierBlock, type NotifierChainOptions, checkBlock } from "./notifier-block.ts";
import { NOTIFY_DONE } from "./notify-codes.ts";
import { callRobust } from "./robust-call.ts";

/** A binding of this module: V8 folds it, and would load the imported one at each call. */
const DONE: number = NOTIFY_DONE;

/**
 * A chain without protection, the kernel's `raw_notifier_head`: the caller decides what may run
 * beside what. A call walks the live list and reads a block's successor before it calls the block.
 * So a callback may take any block off, but the next one is still called; a block put right behind
 * the running one is not called in this round, one put further on is.
 *
 * Callbacks may answer with promises. A call that walks in circles because its blocks keep moving
 * themselves ends with the error `ELOOP` after 100,000 callbacks (the kernel's would not end).
 */
export class RawNotifierChain<Action, Data> {
  readonly #state: ChainState<Action, Data>;
  /** The state's own, at hand for a call. */
  readonly #list: BlockList<Action, Data>;

  /** @throws `TypeError` for an option of the wrong type */
  constructor(options: NotifierChainOptions<Action, Data> = {}) {
    this.#state = createChainState("raw chain", true, options);
    this.#list = this.#state.list;
  }

  /**
   * Returns the undo, which is `unregister(block)`.
   *
   * @throws `NotifierError` `EEXIST` when the block is on the chain, `TypeError` or `RangeError`
   *   when it is no block
   */
  register(block: NotifierBlock<Action, Data>): () => void {
    checkBlock(block);
    this.#list.insert(block, false);
    return () => {
      this.unregister(block);
    };
  }

  /** @throws `NotifierError` `ENOENT` when the block is not on the chain */
  unregister(block: NotifierBlock<Action, Data>): void {
    void unlink(this.#state, block);
  }

  /**
   * Calls the blocks in order until one answers with the bit NOTIFY_STOP_MASK.
   *
   * @returns the answer of the last one called, NOTIFY_DONE when there was none; a promise of it
   *   once one of them answered with a promise
   * @throws `AggregateError` at the end, when callbacks failed and there is no `onError`
   */
  call(action: Action, data: Data): number | Promise<number> {
    const { head } = this.#list;
    return head === null ? DONE : callChain(this.#state, head, action, data);
  }

  /**
   * Calls the blocks with `up`. When one stops the chain, those before it, not itself, are called
   * with `down`, in the same order and until one stops again.
   *
   * @returns the result of the way up
   * @throws as `call` does, after the way down
   */
  callRobust(up: Action, down: Action, data: Data): number | Promise<number> {
    return callRobust(this.#state, this.#list, [up, down], data);
  }

  /** Whether a call would call nobody. */
  isEmpty(): boolean {
    return this.#list.head === null;
  }

  /** Resolves when every call that began before is over: what the caller's lock is for the kernel. */
  settled(): Promise<void> {
    return this.#state.grace.over();
  }
}
