import type { BlockList } from "./block-list.ts";
import { callChain } from "./call-chain.ts";
import { type ChainState, createChainState, unlink } from "./chain-state.ts";
import {
  type NotifierAnswer,
  type NotifierBlock,
  type NotifierChainOptions,
  checkBlock,
} from "./notifier-block.ts";
import { NOTIFY_DONE } from "./notify-codes.ts";

/** A binding of this module: V8 folds it, and would load the imported one at each call. */
const DONE: number = NOTIFY_DONE;

/** A block that must not sleep. */
type AtomicBlock<Action, Data> = NotifierBlock<Action, Data, NotifierAnswer>;

/**
 * A chain whose callbacks must not sleep, the kernel's `atomic_notifier_head`. A callback that
 * answers with a promise is an error, and so is that promise's rejection. A call walks the live
 * list, with the consequences and the limit told at {@link RawNotifierChain}. Registering and
 * unregistering from inside a callback is safe here.
 */
export class AtomicNotifierChain<Action, Data> {
  readonly #state: ChainState<Action, Data>;
  /** The state's own, at hand for a call. */
  readonly #list: BlockList<Action, Data>;

  /** @throws `TypeError` for an option of the wrong type */
  constructor(options: NotifierChainOptions<Action, Data, NotifierAnswer> = {}) {
    this.#state = createChainState("atomic chain", false, options);
    this.#list = this.#state.list;
  }

  /**
   * Returns the undo, which is `unregister(block)`.
   *
   * @throws `NotifierError` `EEXIST` when the block is on the chain, `TypeError` or `RangeError`
   *   when it is no block
   */
  register(block: AtomicBlock<Action, Data>): () => void {
    return this.#register(block, false);
  }

  /** As `register`. @throws also `NotifierError` `EBUSY` when another block has this priority */
  registerUniquePriority(block: AtomicBlock<Action, Data>): () => void {
    return this.#register(block, true);
  }

  /**
   * A call that stands right before the block still calls it, and is over before anything else runs.
   *
   * @throws `NotifierError` `ENOENT` when the block is not on the chain
   */
  unregister(block: AtomicBlock<Action, Data>): void {
    void unlink(this.#state, block);
  }

  /**
   * Calls the blocks in order until one answers with the bit NOTIFY_STOP_MASK.
   *
   * @returns the answer of the last one called, NOTIFY_DONE when there was none
   * @throws `AggregateError` at the end, when callbacks failed and there is no `onError`
   */
  call(action: Action, data: Data): number {
    const { head } = this.#list;
    // Never a promise: the state says that callbacks do not sleep.
    return head === null ? DONE : (callChain(this.#state, head, action, data) as number);
  }

  /** Whether a call would call nobody. */
  isEmpty(): boolean {
    return this.#list.head === null;
  }

  #register(block: AtomicBlock<Action, Data>, unique: boolean): () => void {
    checkBlock(block);
    this.#list.insert(block, unique);
    return () => {
      this.unregister(block);
    };
  }
}
