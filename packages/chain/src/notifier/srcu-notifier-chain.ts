import type { BlockList } from "./block-list.ts";
import { callChain } from "./call-chain.ts";
import { type ChainState, createChainState, unlink } from "./chain-state.ts";
import { type NotifierBlock, type NotifierChainOptions, checkBlock } from "./notifier-block.ts";
import { NOTIFY_DONE } from "./notify-codes.ts";

/** A binding of this module: V8 folds it, and would load the imported one at each call. */
const DONE: number = NOTIFY_DONE;

/**
 * A chain whose callbacks may sleep and whose calls walk the live list, the kernel's
 * `srcu_notifier_head`: registering is cheap and seen by calls under way, unregistering waits. For
 * the rules of the live list and its limit see {@link RawNotifierChain}.
 */
export class SrcuNotifierChain<Action, Data> {
  readonly #state: ChainState<Action, Data>;
  /** The state's own, at hand for a call. */
  readonly #list: BlockList<Action, Data>;

  /** @throws `TypeError` for an option of the wrong type */
  constructor(options: NotifierChainOptions<Action, Data> = {}) {
    this.#state = createChainState("srcu chain", true, options);
    this.#list = this.#state.list;
  }

  /**
   * Returns the undo, which is `unregister(block)`.
   *
   * @throws `NotifierError` `EEXIST` when the block is on the chain, `TypeError` or `RangeError`
   *   when it is no block
   */
  register(block: NotifierBlock<Action, Data>): () => Promise<void> {
    checkBlock(block);
    this.#list.insert(block, false);
    return () => this.unregister(block);
  }

  /**
   * Takes the block off at once; resolves when every call that began before is over. A callback of
   * this chain that waits for that waits for itself, for ever, as in the kernel.
   *
   * @throws (rejects) `NotifierError` `ENOENT` when the block is not on the chain
   */
  async unregister(block: NotifierBlock<Action, Data>): Promise<void> {
    await unlink(this.#state, block);
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

  /** Whether a call would call nobody. */
  isEmpty(): boolean {
    return this.#list.head === null;
  }
}
