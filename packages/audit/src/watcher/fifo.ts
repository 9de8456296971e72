/** First in, first out; what went is not held on to. */
export class Fifo<T> {
  readonly #slots: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#slots.length - this.#head;
  }

  get oldest(): T | undefined {
    return this.#slots[this.#head];
  }

  push(value: T): void {
    this.#slots.push(value);
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const oldest = this.#slots[this.#head];
    this.#slots[this.#head++] = undefined;
    // Half of it is empty: to move the rest costs no more than filling it did.
    if (this.#head * 2 > this.#slots.length) {
      this.#slots.splice(0, this.#head);
      this.#head = 0;
    }
    return oldest;
  }
}
