/** Many short strings of bytes, in one piece of memory: an array of its own for each of a million takes ten times as much. */
export class ByteList {
  #bytes = new Uint8Array(4096);
  /** Where each of them ends. */
  readonly #ends: number[] = [];

  get length(): number {
    return this.#ends.length;
  }

  /** Copies what it keeps. */
  push(bytes: Uint8Array): void {
    const start = this.#ends.at(-1) ?? 0;
    const end = start + bytes.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, start);
    this.#ends.push(end);
  }

  /** @returns a view that is good until the next `push`; empty when there is none of that number */
  at(index: number): Uint8Array {
    const end = this.#ends[index] ?? 0;
    return this.#bytes.subarray(index === 0 ? 0 : (this.#ends[index - 1] ?? 0), end);
  }
}
