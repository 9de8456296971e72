/** Ranges that were told since all were put in order, and are looked through one by one, before that is done again. */
const MAX_FRESH = 1024;

/** Which of several ranges, told one after the other, an address belongs to: the one told last of those that cover it. */
export class JitRanges {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** Where one range ends and another begins, ascending; and which is in force from there, −1 for none. */
  #borders: number[] = [];
  #owners: number[] = [];
  /** How many ranges the borders know. */
  #sorted = 0;

  get size(): number {
    return this.#starts.length;
  }

  /** Tells a range; the first is number 0. @param end first address after it, above `start` */
  add(start: number, end: number): void {
    this.#starts.push(start);
    this.#ends.push(end);
  }

  /** @returns the number of the range, or undefined when none covers the address */
  find(address: number): number | undefined {
    // A map is asked while it grows: putting all in order for each new line would cost more than the sampling.
    if (this.size - this.#sorted > Math.max(MAX_FRESH, this.#sorted / 8)) this.#flatten();
    for (let i = this.size - 1; i >= this.#sorted; i--) {
      if (address >= this.#start(i) && address < this.#end(i)) return i;
    }
    let [from, to] = [0, this.#borders.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#borders[middle] ?? 0) <= address) from = middle + 1;
      else to = middle;
    }
    const owner = this.#owners[from - 1] ?? -1;
    return owner < 0 ? undefined : owner;
  }

  /**
   * Sweeps over all starts and ends once, with the ranges that are open in a heap, latest told on top.
   */
  #flatten(): void {
    const order = Array.from(this.#starts, (_, i) => i);
    order.sort((a, b) => this.#start(a) - this.#start(b));
    const open: number[] = [];
    this.#borders = [];
    this.#owners = [];
    let [at, next] = [0, 0];
    while (next < order.length || open.length > 0) {
      while (open.length > 0 && this.#end(open[0] ?? 0) <= at) popTop(open);
      if (open.length === 0) {
        if (next >= order.length) break;
        at = Math.max(at, this.#start(order[next] ?? 0));
      }
      while (next < order.length && this.#start(order[next] ?? 0) <= at)
        push(open, order[next++] ?? 0);
      const top = open[0] ?? 0;
      this.#mark(at, top);
      const until = next < order.length ? this.#start(order[next] ?? 0) : Infinity;
      at = Math.min(this.#end(top), until);
      if (at === this.#end(top)) this.#mark(at, -1);
    }
    this.#sorted = order.length;
  }

  #mark(at: number, owner: number): void {
    if (this.#borders.at(-1) === at) {
      this.#owners[this.#owners.length - 1] = owner;
    } else if (this.#owners.at(-1) !== owner) {
      this.#borders.push(at);
      this.#owners.push(owner);
    }
  }

  #start(i: number): number {
    return this.#starts[i] ?? 0;
  }

  #end(i: number): number {
    return this.#ends[i] ?? 0;
  }
}

/** Puts a number into a heap, the largest on top. */
function push(heap: number[], value: number): void {
  let at = heap.push(value) - 1;
  for (let up = (at - 1) >> 1; at > 0 && (heap[up] ?? 0) < value; up = (at - 1) >> 1) {
    heap[at] = heap[up] ?? 0;
    at = up;
  }
  heap[at] = value;
}

function popTop(heap: number[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) break;
    const larger = (heap[left + 1] ?? -1) > (heap[left] ?? -1) ? left + 1 : left;
    if ((heap[larger] ?? -1) <= last) break;
    heap[at] = heap[larger] ?? 0;
    at = larger;
  }
  heap[at] = last;
}
