import { type NotifierBlock, blockName } from "./notifier-block.ts";
import { NotifierError } from "./notifier-error.ts";

/** A block's place in a list. One block keeps one node, so that a held `next` follows its new link. */
export interface BlockNode<Action, Data> {
  readonly block: NotifierBlock<Action, Data, unknown>;
  call: (this: void, action: Action, data: Data) => unknown;
  priority: number;
  next: BlockNode<Action, Data> | null;
  /** False once removed; `next` then still points where it did, for calls that stand on it. */
  linked: boolean;
  /** How often the node was removed. */
  removals: number;
}

/**
 * The list behind a chain, ordered as kernel/notifier.c orders it: by falling priority, ties in
 * order of registration.
 */
export class BlockList<Action, Data> {
  /** The first to be called, `null` when there is none. */
  head: BlockNode<Action, Data> | null = null;
  /** Number of blocks. */
  size = 0;
  readonly #chain: string;
  readonly #nodes = new WeakMap<object, BlockNode<Action, Data>>();
  #tail: BlockNode<Action, Data> | null = null;

  constructor(chain: string) {
    this.#chain = chain;
  }

  /** @throws `EEXIST` for a member, before `EBUSY` for a priority that is taken and must be unique */
  insert(block: NotifierBlock<Action, Data, unknown>, unique: boolean): void {
    const known = this.#nodes.get(block);
    if (known?.linked === true) {
      throw new NotifierError("EEXIST", `block ${blockName(block)} is on ${this.#chain} already`);
    }
    const priority = block.priority ?? 0;
    const before = this.#lastNotBelow(priority);
    if (unique && before !== null && before.priority === priority) {
      const holder = blockName(before.block);
      throw new NotifierError(
        "EBUSY",
        `priority ${priority} of ${this.#chain} is held by block ${holder}, block ${blockName(block)} cannot have it`,
      );
    }
    const node = known ?? {
      block,
      call: block.call,
      priority,
      next: null,
      linked: true,
      removals: 0,
    };
    node.call = block.call;
    node.priority = priority;
    node.linked = true;
    node.next = before === null ? this.head : before.next;
    if (before === null) {
      this.head = node;
    } else {
      before.next = node;
    }
    if (node.next === null) {
      this.#tail = node;
    }
    this.#nodes.set(block, node);
    this.size += 1;
  }

  /**
   * Unlinks a block and leaves its own link as it was.
   *
   * @throws `ENOENT` for a stranger
   */
  remove(block: NotifierBlock<Action, Data, unknown>): BlockNode<Action, Data> {
    const node = this.#nodes.get(block);
    if (node === undefined || !node.linked) {
      throw new NotifierError("ENOENT", `block ${blockName(block)} is not on ${this.#chain}`);
    }
    let before: BlockNode<Action, Data> | null = null;
    for (let at = this.head; at !== null && at !== node; at = at.next) {
      before = at;
    }
    if (before === null) {
      this.head = node.next;
    } else {
      before.next = node.next;
    }
    if (node === this.#tail) {
      this.#tail = before;
    }
    node.linked = false;
    node.removals += 1;
    this.size -= 1;
    return node;
  }

  /**
   * Cuts a removed node loose once no call can stand on it, or a block kept by its owner would keep
   * every block that was ever behind it. `removals` tells the removal meant from a later one.
   */
  forget(node: BlockNode<Action, Data>, removals: number): void {
    if (!node.linked && node.removals === removals) {
      node.next = null;
      this.#nodes.delete(node.block);
    }
  }

  /** A copy of the list that no later registration changes. */
  copy(): BlockNode<Action, Data> | null {
    let head: BlockNode<Action, Data> | null = null;
    let last: BlockNode<Action, Data> | null = null;
    for (let at = this.head; at !== null; at = at.next) {
      const node: BlockNode<Action, Data> = { ...at, next: null };
      if (last === null) {
        head = node;
      } else {
        last.next = node;
      }
      last = node;
    }
    return head;
  }

  /** The node a block of this priority goes behind. */
  #lastNotBelow(priority: number): BlockNode<Action, Data> | null {
    if (this.#tail !== null && priority <= this.#tail.priority) {
      return this.#tail;
    }
    let before: BlockNode<Action, Data> | null = null;
    for (let at = this.head; at !== null && priority <= at.priority; at = at.next) {
      before = at;
    }
    return before;
  }
}
