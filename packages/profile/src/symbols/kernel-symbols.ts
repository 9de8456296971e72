import { readFileSync } from "node:fs";
import { AddressTable, type TableEntry } from "./address-table.ts";
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

/** Reads /proc/kallsyms. @throws Error with the code of open(2) when it is not there */
export function readKernelFunctions(path = "/proc/kallsyms"): KernelFunctions {
  return parseKallsyms(readFileSync(path));
}

/**
 * Functions from the text of /proc/kallsyms: lines of address, type, name, and for modules a tab and `[module]`. Sizes are
 * not told: a function reaches to the next symbol of any type.
 */
export function parseKallsyms(text: Uint8Array): KernelFunctions {
  const symbols: { address: number; at: number; isCode: boolean }[] = [];
  let hidden = true;
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(10, at);
    const end = newline < 0 ? bytes.length : newline;
    const space = bytes.indexOf(0x20, at);
    const digits = space - at;
    if (space > at && digits <= 16 && end >= space + 4) {
      const address = parseAddress(bytes.toString("latin1", at, space));
      if (address !== undefined && address !== 0n) {
        hidden = false;
        const type = String.fromCharCode((bytes[space + 1] ?? 0) | 0x20);
        symbols.push({
          address: Number(address - HALF),
          at: space + 3,
          isCode: type === "t" || type === "w",
        });
      }
    }
    at = end + 1;
  }
  const table = new AddressTable(ranges(symbols));
  return {
    hidden: hidden && bytes.length > 0,
    find(address) {
      const at = table.find(Number(address - HALF));
      return at === undefined ? undefined : functionAt(bytes, at);
    },
  };
}

function parseAddress(digits: string): bigint | undefined {
  return /^[0-9a-f]+$/u.test(digits) ? BigInt(`0x${digits}`) : undefined;
}

function ranges(symbols: { address: number; at: number; isCode: boolean }[]): TableEntry[] {
  // Of several names the first stays: sort() keeps their order.
  symbols.sort((a, b) => a.address - b.address);
  const entries: TableEntry[] = [];
  for (const [i, { address, at, isCode }] of symbols.entries()) {
    if (!isCode || entries.at(-1)?.address === address) continue;
    let next = i + 1;
    while (symbols[next]?.address === address) next++;
    const reach = address + MAX_REACH;
    const end = symbols[next]?.address ?? reach;
    entries.push({ address, end: end < reach ? end : reach, name: at });
  }
  return entries;
}

function functionAt(bytes: Buffer, at: number): KernelFunction {
  const newline = bytes.indexOf(10, at);
  const line = decodeText(bytes.subarray(at, newline < 0 ? bytes.length : newline));
  const [name = "", module = "[kernel]"] = line.split("\t");
  return { name, module: module.trim() };
}
