/** A page before the data, as on x64. */
const PAGE = 4096;

/** A ring that the test writes to as the kernel does. */
export class FakeRing {
  readonly buffer: ArrayBuffer;
  readonly #control: BigUint64Array;
  readonly #data: Uint8Array;

  /** @param at where head and tail are to begin, in all that was ever written */
  constructor(bytes: number, at = 0n) {
    this.buffer = new ArrayBuffer(PAGE + bytes);
    this.#control = new BigUint64Array(this.buffer, 0, PAGE / 8);
    this.#data = new Uint8Array(this.buffer, PAGE);
    // data_head, data_tail, data_offset, data_size at bytes 1024, 1032, 1040, 1048.
    this.#control.set([at, at, BigInt(PAGE), BigInt(bytes)], 128);
  }

  get head(): bigint {
    return this.#control[128] ?? 0n;
  }

  get tail(): bigint {
    return this.#control[129] ?? 0n;
  }

  /** @returns false when there is no room, and nothing is written */
  write(bytes: readonly number[]): boolean {
    const used = Number(BigInt.asUintN(64, this.head - this.tail));
    if (used + bytes.length > this.#data.length) return false;
    const at = Number(this.head % BigInt(this.#data.length));
    for (const [i, byte] of bytes.entries()) this.#data[(at + i) % this.#data.length] = byte;
    this.#control[128] = this.head + BigInt(bytes.length);
    return true;
  }
}
