import type { Mapping } from "./mapping.ts";

/** What an address is. */
export type Place =
  | { readonly kind: "file"; readonly mapping: Mapping; readonly offset: bigint }
  /** `offset` from the start of the vdso. */
  | { readonly kind: "vdso"; readonly offset: bigint }
  /** Code that was perhaps compiled at run time. */
  | { readonly kind: "anonymous" }
  | { readonly kind: "kernel" }
  | { readonly kind: "unknown" };

/** Addresses from here on are the kernel's, on x86-64 and arm64. */
const KERNEL_START = 0x8000_0000_0000_0000n;
/** Mappings kept of one process. One may make 65,530 of them, vm.max_map_count. */
const MOST_MAPPINGS = 16_384;

const KERNEL: Place = { kind: "kernel" };
const UNKNOWN: Place = { kind: "unknown" };
const ANONYMOUS: Place = { kind: "anonymous" };

/** The executable mappings of a process, none over another. */
export class AddressSpace {
  /** Ascending. */
  #mappings: Mapping[] = [];
  #isShared = false;

  get size(): number {
    return this.#mappings.length;
  }

  /** The same again, for a child; costs nothing before one of the two changes. */
  copy(): AddressSpace {
    const copy = new AddressSpace();
    copy.#mappings = this.#mappings;
    copy.#isShared = true;
    this.#isShared = true;
    return copy;
  }

  /** Maps over what is there. @returns false when there are too many */
  add(mapping: Mapping): boolean {
    if (mapping.end <= mapping.start) return true;
    if (this.#mappings.length >= MOST_MAPPINGS) return false;
    const first = this.#firstEndingAfter(mapping.start);
    const parts: Mapping[] = [mapping];
    let last = first;
    for (; last < this.#mappings.length; last++) {
      const old = this.#mappings[last];
      if (old === undefined || old.start >= mapping.end) break;
      if (old.start < mapping.start) parts.unshift({ ...old, end: mapping.start });
      if (old.end > mapping.end) {
        const offset = old.offset + (mapping.end - old.start);
        parts.push({ ...old, start: mapping.end, offset });
      }
    }
    if (this.#isShared) {
      this.#mappings = [...this.#mappings];
      this.#isShared = false;
    }
    this.#mappings.splice(first, last - first, ...parts);
    return true;
  }

  place(address: bigint): Place {
    if (address >= KERNEL_START) return KERNEL;
    const mapping = this.#mappings[this.#firstEndingAfter(address)];
    if (mapping === undefined || mapping.start > address) return UNKNOWN;
    const offset = address - mapping.start;
    switch (mapping.kind) {
      case "file":
        return { kind: "file", mapping, offset: offset + mapping.offset };
      case "vdso":
        return { kind: "vdso", offset };
      case "anonymous":
        return ANONYMOUS;
      default:
        return UNKNOWN;
    }
  }

  #firstEndingAfter(address: bigint): number {
    let low = 0;
    let high = this.#mappings.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const mapping = this.#mappings[middle];
      if (mapping !== undefined && mapping.end <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
