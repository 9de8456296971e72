import { readFileSync } from "node:fs";
import { orderByAddress } from "./address-order.ts";
import { AddressTable, beginning, type Ranges } from "./address-table.ts";
import { decodeText } from "@task-watchers/linux";

/** A function of the kernel. */
export interface KernelFunction {
  readonly name: string;
  /** `[kernel]`, or the name of the module in brackets, such as `[ext4]` and `[bpf]`. */
  readonly module: string;
}

/** Functions of the kernel by address. */
export interface KernelFunctions {
  /** True when the kernel gives every address as zero: kernel.kptr_restrict. */
  readonly hidden: boolean;
  find(address: bigint): KernelFunction | undefined;
}

/** Farthest that an address is from the start of its function: behind the last one of a module there is other memory. */
const MAX_REACH = 1 << 20;
/** Where the kernel's half of the addresses begins; distances from here are exact as numbers. */
const HALF = 0xffff_0000_0000_0000n;
/** Its upper 32 bits. */
const HALF_HIGH = 0xffff_0000;

/** Reads /proc/kallsyms. @throws Error with the code of open(2) when it is not there */
export function readKernelFunctions(path = "/proc/kallsyms"): KernelFunctions {
  return parseKallsyms(readFileSync(path));
}

/**
 * Functions from the text of /proc/kallsyms: lines of address, type, name, and for modules a tab and `[module]`. Sizes are
 * not told: a function reaches to the next symbol of any type.
 */
export function parseKallsyms(text: Uint8Array): KernelFunctions {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const symbols = inOrder(readSymbols(bytes));
  const table = new AddressTable(functionRanges(symbols));
  return {
    hidden: symbols.addresses.length === 0 && bytes.length > 0,
    find(address) {
      const at = table.find(Number(address - HALF));
      return at === undefined ? undefined : functionAt(bytes, at);
    },
  };
}

/** Symbols that have an address, in columns: there are some 200,000. */
interface Symbols {
  /** From `HALF` on. */
  readonly addresses: Float64Array;
  /** Where the name is in the text. */
  readonly names: Uint32Array;
  /** 1 for code. */
  readonly code: Uint8Array;
}

/** Bytes of the shortest line there can be, `0 t f` and its end. */
const LEAST_LINE_BYTES = 6;

function readSymbols(bytes: Buffer): Symbols {
  const symbols = columns(Math.floor(bytes.length / LEAST_LINE_BYTES) + 1);
  let count = 0;
  for (let at = 0; at < bytes.length;) {
    // 64-bit kernels write sixteen digits; any others are looked for.
    const space = bytes[at + 16] === 0x20 ? at + 16 : bytes.indexOf(0x20, at);
    let end = at;
    // Names are short: a call for each of 100,000 would cost more than looking.
    while (end < bytes.length && bytes[end] !== 10) end++;
    if (space > at && space - at <= 16 && end >= space + 4) {
      const address = addressOf(bytes, at, space);
      if (address !== undefined) {
        // T and t, W and w.
        const type = (bytes[space + 1] ?? 0) | 0x20;
        symbols.addresses[count] = address;
        symbols.names[count] = space + 3;
        symbols.code[count] = Number(type === 0x74 || type === 0x77);
        count++;
      }
    }
    at = end + 1;
  }
  const { addresses, names, code } = symbols;
  return {
    addresses: addresses.subarray(0, count),
    names: names.subarray(0, count),
    code: code.subarray(0, count),
  };
}

function columns(length: number): Symbols {
  return {
    addresses: new Float64Array(length),
    names: new Uint32Array(length),
    code: new Uint8Array(length),
  };
}

/** Hexadecimal digits as a number from `HALF` on; undefined for zero, as hidden addresses are, and for what is no number. */
function addressOf(bytes: Buffer, from: number, to: number): number | undefined {
  const middle = Math.max(from, to - 8);
  const high = digits(bytes, from, middle);
  const low = digits(bytes, middle, to);
  if (high < 0 || low < 0 || (high === 0 && low === 0)) return undefined;
  return (high - HALF_HIGH) * 2 ** 32 + low;
}

/** Up to eight of them; -1 when one is none. */
function digits(bytes: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    const isLetter = byte >= 0x61 && byte <= 0x66;
    if (!isLetter && (byte < 0x30 || byte > 0x39)) return -1;
    value = (value << 4) | (isLetter ? byte - 0x57 : byte - 0x30);
  }
  return value >>> 0;
}

/** By address; of one address, as they stood. The kernel's own are sorted, those of its modules follow as they come. */
function inOrder(symbols: Symbols): Symbols {
  if (isAscending(symbols.addresses)) return symbols;
  const order = orderByAddress(symbols.addresses);
  const sorted = columns(order.length);
  for (let i = 0; i < order.length; i++) {
    const from = order[i] ?? 0;
    sorted.addresses[i] = symbols.addresses[from] ?? 0;
    sorted.names[i] = symbols.names[from] ?? 0;
    sorted.code[i] = symbols.code[from] ?? 0;
  }
  return sorted;
}

function isAscending(addresses: Float64Array): boolean {
  for (let i = 1; i < addresses.length; i++) {
    if ((addresses[i] ?? 0) < (addresses[i - 1] ?? 0)) return false;
  }
  return true;
}

function functionRanges({ addresses, names, code }: Symbols): Ranges {
  const ranges = {
    addresses: new Float64Array(addresses.length),
    ends: new Float64Array(addresses.length),
    names: new Uint32Array(addresses.length),
  };
  let last: number | undefined;
  let count = 0;
  for (let i = 0; i < addresses.length; i++) {
    const address = addresses[i] ?? 0;
    // Of several names the first stays.
    if (code[i] !== 1 || last === address) continue;
    let next = i + 1;
    while (addresses[next] === address) next++;
    last = address;
    ranges.addresses[count] = address;
    ranges.ends[count] = Math.min(addresses[next] ?? Infinity, address + MAX_REACH);
    ranges.names[count] = names[i] ?? 0;
    count++;
  }
  return beginning(ranges, count);
}

function functionAt(bytes: Buffer, at: number): KernelFunction {
  const newline = bytes.indexOf(10, at);
  const line = decodeText(bytes.subarray(at, newline < 0 ? bytes.length : newline));
  const [name = "", module = "[kernel]"] = line.split("\t");
  return { name, module: module.trim() };
}
