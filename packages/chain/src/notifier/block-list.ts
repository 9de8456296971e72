import { type NotifierBlock, blockName } from "./notifier-block.ts";
import { NotifierError } from "./notifier-error.ts";
import { PriorityLevels } from "./priority-levels.ts";

/** A block's place in a list. One block keeps one node, so that a held `next` follows its new link. */
export interface BlockNode<Action, Data> {
  readonly block: NotifierBlock<Action, Data, unknown>;
  call: (this: void, action: Action, data: Data) => unknown;
  priority: number;
  next: BlockNode<Action, Data> | null;
  /** The one before it, `null` for the first, for one that was removed and for copies. */
  previous: BlockNode<Action, Data> | null;
  /** False once removed; `next` then still points where it did, for calls that stand on it. */
  linked: boolean;
  /** How often the node was removed. */
  removals: number;
}

/**
 * The list behind a chain, ordered as kernel/notifier.c orders it: by falling priority, ties in
 * order of registration. No change walks it: a place among other priorities is looked up by halves.
 */
export class BlockList<Action, Data> {
  /** The first to be called, `null` when there is none. */
  head: BlockNode<Action, Data> | null = null;
  /** Number of blocks. */
  size = 0;
  readonly #chain: string;
  /** Members, and those removed that a call may still stand on. */
  readonly #nodes = new Map<object, BlockNode<Action, Data>>();
  #tail: BlockNode<Action, Data> | null = null;
  /** Absent until there are two priorities, which most lists never have. */
  #levels: PriorityLevels<BlockNode<Action, Data>> | undefined;

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
    const node = known ?? newNode(block);
    node.call = block.call;
    node.priority = priority;
    node.linked = true;
    node.previous = before;
    node.next = before === null ? this.head : before.next;
    if (before === null) {
      this.head = node;
    } else {
      before.next = node;
    }
    if (node.next === null) {
      this.#tail = node;
    } else {
      node.next.previous = node;
    }
    this.#nodes.set(block, node);
    this.size += 1;
    this.#levels?.added(node);
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
    this.#levels?.removing(node);
    const { previous, next } = node;
    if (previous === null) {
      this.head = next;
    } else {
      previous.next = next;
    }
    if (next === null) {
      this.#tail = previous;
    } else {
      next.previous = previous;
    }
    node.previous = null;
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
      const node = newNode(at.block);
      node.call = at.call;
      node.priority = at.priority;
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
    const tail = this.#tail;
    if (tail === null || priority === tail.priority) {
      return tail;
    }
    this.#levels ??= new PriorityLevels(tail);
    return this.#levels.lastNotBelow(priority);
  }
}

/** One place for all nodes: calls are fastest when these are of one make. */
function newNode<Action, Data>(
  block: NotifierBlock<Action, Data, unknown>,
): BlockNode<Action, Data> {
  return {
    block,
    call: block.call,
    priority: 0,
    next: null,
    previous: null,
    linked: true,
    removals: 0,
  };
}
