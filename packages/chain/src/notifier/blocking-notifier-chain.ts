import type { BlockNode } from "./block-list.ts";
import { callChain } from "./call-chain.ts";
import { type ChainState, createChainState, unlink } from "./chain-state.ts";
import { type NotifierBlock, type NotifierChainOptions, checkBlock } from "./notifier-block.ts";
import { NOTIFY_DONE } from "./notify-codes.ts";
import { callRobust } from "./robust-call.ts";

/** A binding of this module: V8 folds it, and would load the imported one at each call. */
const DONE: number = NOTIFY_DONE;

/**
 * A chain whose callbacks may sleep, the kernel's `blocking_notifier_head`. There a change waits
 * until no call is under way. Here it takes effect at once, for calls that begin after it: a call
 * visits the blocks it began with, whatever becomes of the chain.
 */
export class BlockingNotifierChain<Action, Data> {
  readonly #state: ChainState<Action, Data>;
  /** The list calls begin with; `undefined` after a change, until the next call copies it anew. */
  #head: BlockNode<Action, Data> | null | undefined = null;

  /** @throws `TypeError` for an option of the wrong type */
  constructor(options: NotifierChainOptions<Action, Data> = {}) {
    this.#state = createChainState("blocking chain", true, options);
  }

  /**
   * Returns the undo, which is `unregister(block)`.
   *
   * @throws `NotifierError` `EEXIST` when the block is on the chain, `TypeError` or `RangeError`
   *   when it is no block
   */
  register(block: NotifierBlock<Action, Data>): () => Promise<void> {
    return this.#register(block, false);
  }

  /** As `register`. @throws also `NotifierError` `EBUSY` when another block has this priority */
  registerUniquePriority(block: NotifierBlock<Action, Data>): () => Promise<void> {
    return this.#register(block, true);
  }

  /**
   * Takes the block off for calls that begin from now on; resolves when every call that began
   * before is over, so that none can be inside the block. A callback of this chain that waits for
   * that waits for itself, for ever, as in the kernel: there let go of the promise instead.
   *
   * @throws (rejects) `NotifierError` `ENOENT` when the block is not on the chain
   */
  async unregister(block: NotifierBlock<Action, Data>): Promise<void> {
    const unlinked = unlink(this.#state, block);
    this.#head = undefined;
    await unlinked;
  }

  /**
   * Calls the blocks in order until one answers with the bit NOTIFY_STOP_MASK. Synchronous, and
   * without an allocation of its own, until a callback answers with a promise.
   *
   * @returns the answer of the last one called, NOTIFY_DONE when there was none; a promise of it
   *   once one of them answered with a promise
   * @throws `AggregateError` at the end, when callbacks failed and there is no `onError`
   */
  call(action: Action, data: Data): number | Promise<number> {
    const head = this.#head;
    if (head === null) {
      return DONE;
    }
    return head === undefined
      ? this.#callAnew(action, data)
      : callChain(this.#state, head, action, data);
  }

  /**
   * Calls the blocks with `up`. When one stops the chain, those before it, not itself, are called
   * with `down`, in the same order and until one stops again.
   *
   * @returns the result of the way up
   * @throws as `call` does, after the way down
   */
  callRobust(up: Action, down: Action, data: Data): number | Promise<number> {
    return callRobust(this.#state, { head: this.#copied() }, [up, down], data);
  }

  /** Whether a call would call nobody. */
  isEmpty(): boolean {
    return this.#state.list.head === null;
  }

  #register(block: NotifierBlock<Action, Data>, unique: boolean): () => Promise<void> {
    checkBlock(block);
    this.#state.list.insert(block, unique);
    this.#head = undefined;
    return () => this.unregister(block);
  }

  #callAnew(action: Action, data: Data): number | Promise<number> {
    const head = this.#copied();
    return head === null ? DONE : callChain(this.#state, head, action, data);
  }

  #copied(): BlockNode<Action, Data> | null {
    this.#head ??= this.#state.list.copy();
    return this.#head;
  }
}
