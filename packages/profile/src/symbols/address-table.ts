/**
 * Names for ranges of addresses, in columns: an object for each of 100,000 costs more than all else. Addresses are plain
 * numbers, as sorting as many bigints takes half a second: addresses of programs are below 2^53, those of the kernel are taken
 * from where its half begins.
 */
export interface Ranges {
  /** Ascending, no two the same. */
  readonly addresses: Float64Array;
  /** First address after each. */
  readonly ends: Float64Array;
  /** Where the caller finds the name of each. */
  readonly names: Uint32Array;
}

/** The first `count` of the columns. */
export function beginning({ addresses, ends, names }: Ranges, count: number): Ranges {
  return {
    addresses: addresses.subarray(0, count),
    ends: ends.subarray(0, count),
    names: names.subarray(0, count),
  };
}

/** Ranges entered one outside of the other are looked through inside out; deeper than this only a file that lies nests. */
const MAX_DEPTH = 64;

/** Ranges of addresses; ranges may lie within others, and the innermost one that covers an address is found. */
export class AddressTable {
  readonly #addresses: Float64Array;
  readonly #ends: Float64Array;
  readonly #names: Uint32Array;
  /** The nearest range that began earlier and was not over at the start of this one; −1 when there is none. */
  readonly #outer: Int32Array;

  /** Copies what it keeps: columns may be the beginnings of longer ones. */
  constructor({ addresses, ends, names }: Ranges) {
    this.#addresses = addresses.slice();
    this.#ends = ends.slice();
    this.#names = names.slice();
    this.#outer = outerRanges(this.#addresses, this.#ends);
  }

  get size(): number {
    return this.#names.length;
  }

  /** @returns the range's entry in `names`, or undefined when no range covers the address */
  find(address: number): number | undefined {
    let at = this.#lastUpTo(address);
    for (let depth = 0; at >= 0 && depth < MAX_DEPTH; depth++) {
      if (address < (this.#ends[at] ?? 0)) return this.#names[at];
      at = this.#outer[at] ?? -1;
    }
    return undefined;
  }

  #lastUpTo(address: number): number {
    let [from, to] = [0, this.#addresses.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#addresses[middle] ?? 0) <= address) from = middle + 1;
      else to = middle;
    }
    return from - 1;
  }
}

function outerRanges(addresses: Float64Array, ends: Float64Array): Int32Array {
  const outer = new Int32Array(addresses.length);
  for (let i = 0; i < addresses.length; i++) {
    // What was over before the one before began is over now: so its way out is ours.
    let at = i - 1;
    while (at >= 0 && (ends[at] ?? 0) <= (addresses[i] ?? 0)) at = outer[at] ?? -1;
    outer[i] = at;
  }
  return outer;
}
