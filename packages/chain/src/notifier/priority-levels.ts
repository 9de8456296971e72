/** What a list's node says of its place. */
interface Placed {
  readonly priority: number;
  readonly previous: Placed | null;
}

/**
 * The last node of each priority of a list in falling order, where those of one priority stand together. A place is looked up by
 * halves.
 */
export class PriorityLevels<Node extends Placed & { readonly previous: Node | null }> {
  /** By falling priority, one of each. */
  readonly #lasts: Node[] = [];

  /** Begins with a list whose nodes are all of one priority, `last` the last of them. */
  constructor(last: Node) {
    this.#lasts.push(last);
  }

  /** The node that one of this priority goes behind; `null` when that goes first. */
  lastNotBelow(priority: number): Node | null {
    return this.#lasts[this.#countNotBelow(priority) - 1] ?? null;
  }

  /** A node was linked behind all of its priority. */
  added(node: Node): void {
    const at = this.#countNotBelow(node.priority);
    if (this.#lasts[at - 1]?.priority === node.priority) {
      this.#lasts[at - 1] = node;
    } else {
      this.#lasts.splice(at, 0, node);
    }
  }

  /** A node is about to be unlinked. */
  removing(node: Node): void {
    const at = this.#countNotBelow(node.priority) - 1;
    if (this.#lasts[at] !== node) {
      return;
    }
    const { previous } = node;
    if (previous?.priority === node.priority) {
      this.#lasts[at] = previous;
    } else {
      this.#lasts.splice(at, 1);
    }
  }

  /** How many priorities are this or above. */
  #countNotBelow(priority: number): number {
    let low = 0;
    let high = this.#lasts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#lasts[middle]?.priority ?? -Infinity) >= priority) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
