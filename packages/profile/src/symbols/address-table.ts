/**
 * A name for a range of addresses. They are plain numbers, as sorting 100,000 bigints takes half a second: addresses of
 * programs are below 2^53, those of the kernel are taken from where its half begins.
 */
export interface TableEntry {
  readonly address: number;
  /** First address after it. */
  readonly end: number;
  /** Where the caller finds its name. */
  readonly name: number;
}

/** Ranges entered one outside of the other are looked through inside out; deeper than this only a file that lies nests. */
const MAX_DEPTH = 64;

/** Ranges of addresses, sorted; ranges may lie within others, and the innermost one that covers an address is found. */
export class AddressTable {
  readonly #addresses: Float64Array;
  readonly #ends: Float64Array;
  readonly #names: Uint32Array;
  /** The nearest range that began earlier and was not over at the start of this one; −1 when there is none. */
  readonly #outer: Int32Array;

  /** @param entries sorted by address, no two with the same one */
  constructor(entries: readonly TableEntry[]) {
    this.#addresses = Float64Array.from(entries, ({ address }) => address);
    this.#ends = Float64Array.from(entries, ({ end }) => end);
    this.#names = Uint32Array.from(entries, ({ name }) => name);
    this.#outer = outerRanges(entries);
  }

  get size(): number {
    return this.#names.length;
  }

  /** @returns `name` of the entry, or undefined when no range covers the address */
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

function outerRanges(entries: readonly TableEntry[]): Int32Array {
  const outer = new Int32Array(entries.length).fill(-1);
  const open: number[] = [];
  for (const [i, { address }] of entries.entries()) {
    while (open.length > 0 && (entries[open.at(-1) ?? 0]?.end ?? 0) <= address) open.pop();
    outer[i] = open.at(-1) ?? -1;
    open.push(i);
  }
  return outer;
}
