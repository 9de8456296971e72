import { decodeText } from "@task-watchers/linux";
import { orderByAddress } from "./address-order.ts";
import { AddressTable, beginning, type Ranges } from "./address-table.ts";
import { type ElfFile, type ElfSection, viewOf, wide } from "./elf-header.ts";

/** Functions of a file, by the addresses that it is linked for. */
export interface FunctionTable {
  /** How many functions. */
  readonly size: number;
  /** Name of the function at an address, without its version (`@GLIBC_2.34`); undefined when there is none. */
  find(address: bigint): string | undefined;
}

// include/uapi/linux/elf.h, and elf(5)
/** The full table of symbols, which strip(1) removes. */
export const SHT_SYMTAB = 2;
/** The table for the dynamic linker: what a file exports and imports. */
export const SHT_DYNSYM = 11;
const SHF_EXECINSTR = 4n;
/** Symbol without a type: labels of assembly. */
const STT_NOTYPE = 0;
const STT_FUNC = 2;
/** Function that chooses a function when the program starts. */
const STT_GNU_IFUNC = 10;
const STB_LOCAL = 0;
/** Section indices from here up are no sections, but for SHN_XINDEX. */
const SHN_LORESERVE = 0xff00;
const SHN_XINDEX = 0xffff;
/** 32-bit ARM, where bit 0 of a function's address says that it is Thumb code. */
const EM_ARM = 40;

/** Bytes read of one table of symbols (2.8 million of them), and of its names. A browser's are a fifth of that. */
const MAX_SYMBOL_BYTES = 64 << 20;
const MAX_NAME_BYTES = 128 << 20;

/** Functions as a table of symbols has them, in columns: an object for each of 100,000 costs more than all else. */
interface Candidates {
  readonly addresses: Float64Array;
  readonly sizes: Float64Array;
  /** Where the section of each ends; 0 when that is not known. */
  readonly limits: Float64Array;
  readonly names: Uint32Array;
  /** TYPED, LOCAL. */
  readonly traits: Uint8Array;
}

/** A function, not a label. */
const TYPED = 1;
const LOCAL = 2;

/**
 * Reads the functions of one kind of symbol table.
 *
 * @returns undefined when the file has no such table, or it has no functions
 * @throws RangeError when the table is not what it says, or larger than 64 MiB
 */
export function readFunctions(file: ElfFile, type: number): FunctionTable | undefined {
  const section = file.sections.find((section) => section.type === type);
  const strings = section && file.sections[section.link];
  if (section === undefined || strings === undefined) return undefined;
  if (section.size > MAX_SYMBOL_BYTES || strings.size > MAX_NAME_BYTES) {
    throw new RangeError(`symbols of ${section.size} bytes, names of ${strings.size}: too large`);
  }
  const symbols = file.source.read(section.offset, section.size);
  const names = file.source.read(strings.offset, strings.size);
  const table = new AddressTable(cover(candidates(file, section, symbols), names));
  if (table.size === 0) return undefined;
  return {
    size: table.size,
    find(address) {
      const name = table.find(Number(address));
      return name === undefined ? undefined : withoutVersion(textAt(names, name));
    },
  };
}

/** How many symbols of a kind a file has at most, functions or not; 0 when it has no such table. */
export function countSymbols(file: ElfFile, type: number): number {
  const section = file.sections.find((section) => section.type === type);
  return section === undefined ? 0 : Math.floor(section.size / (file.is64 ? 24 : 16));
}

function candidates(file: ElfFile, section: ElfSection, symbols: Uint8Array): Candidates {
  const { is64, littleEndian: little } = file;
  const view = viewOf(symbols);
  const least = is64 ? 24 : 16;
  const step = section.entrySize || least;
  if (step < least) throw new RangeError(`ELF symbols of ${step} bytes each`);
  const most = Math.floor(symbols.length / step) + 1;
  const all: Candidates = {
    addresses: new Float64Array(most),
    sizes: new Float64Array(most),
    limits: new Float64Array(most),
    names: new Uint32Array(most),
    traits: new Uint8Array(most),
  };
  const limits = file.sections.map(({ address, size }) => Number(address) + size);
  const isCode = file.sections.map(({ flags }) => (flags & SHF_EXECINSTR) !== 0n);
  let count = 0;
  for (let at = 0; at + least <= symbols.length; at += step) {
    const info = symbols[at + (is64 ? 4 : 12)] ?? 0;
    const type = info & 15;
    const index = view.getUint16(at + (is64 ? 6 : 14), little);
    const name = view.getUint32(at, little);
    const typed = type === STT_FUNC || type === STT_GNU_IFUNC;
    if (!(typed || type === STT_NOTYPE) || index === 0 || name === 0) continue;
    if (index >= SHN_LORESERVE && index !== SHN_XINDEX) continue;
    const home = index === SHN_XINDEX ? -1 : index;
    if (!typed && isCode[home] !== true) continue;
    const value = wide(view, is64, little, at + 4, at + 8);
    all.addresses[count] = file.machine === EM_ARM ? value - (value % 2) : value;
    all.sizes[count] = wide(view, is64, little, at + 8, at + 16);
    all.limits[count] = limits[home] ?? 0;
    all.names[count] = name;
    all.traits[count] = (typed ? TYPED : 0) | (info >> 4 === STB_LOCAL ? LOCAL : 0);
    count++;
  }
  return { ...all, addresses: all.addresses.subarray(0, count) };
}

/** Ranges, one for each address that has a name: of several names the one that says most to people. */
function cover(all: Candidates, names: Uint8Array): Ranges {
  const { addresses, sizes, limits } = all;
  const named = namedFunctions(all, names);
  const found = {
    addresses: new Float64Array(named.length),
    ends: new Float64Array(named.length),
    names: new Uint32Array(named.length),
  };
  let covered = 0;
  let count = 0;
  for (let i = 0; i < named.length; i++) {
    const one = named[i] ?? 0;
    const address = addresses[one] ?? 0;
    const size = sizes[one] ?? 0;
    // A label within a function whose size is known is part of it.
    if (size === 0 && address < covered) continue;
    const limit = limits[one] ?? 0;
    const following = named[i + 1];
    const after = limit > address ? limit : address + 1;
    const next = following === undefined ? after : (addresses[following] ?? 0);
    const reach = limit > address && limit < next ? limit : next;
    const end = size === 0 ? reach : address + size;
    covered = Math.max(covered, end);
    found.addresses[count] = address;
    found.ends[count] = end;
    found.names[count] = all.names[one] ?? 0;
    count++;
  }
  return beginning(found, count);
}

/** By rising address, one for each: the one preferred, unless that is no name of code. */
function namedFunctions(all: Candidates, names: Uint8Array): Uint32Array {
  const { addresses } = all;
  const order = orderByAddress(addresses);
  const named = new Uint32Array(order.length);
  let count = 0;
  const keep = (best: number): void => {
    const isTyped = ((all.traits[best] ?? 0) & TYPED) !== 0;
    if (isTyped || isLabel(names, all.names[best] ?? 0)) named[count++] = best;
  };
  let best: number | undefined;
  for (let i = 0; i < order.length; i++) {
    const one = order[i] ?? 0;
    if (best === undefined) best = one;
    else if (addresses[best] !== addresses[one]) {
      keep(best);
      best = one;
    } else if (preferred(all, one, best, names) < 0) best = one;
  }
  if (best !== undefined) keep(best);
  return named.subarray(0, count);
}

/** Order of preference among names of one address: functions, with a size, with few underscores, exported. */
function preferred(all: Candidates, a: number, b: number, names: Uint8Array): number {
  const [traitsA, traitsB] = [all.traits[a] ?? 0, all.traits[b] ?? 0];
  const [nameA, nameB] = [all.names[a] ?? 0, all.names[b] ?? 0];
  return (
    (traitsB & TYPED) - (traitsA & TYPED) ||
    Number(all.sizes[a] === 0) - Number(all.sizes[b] === 0) ||
    underscores(names, nameA) - underscores(names, nameB) ||
    (traitsA & LOCAL) - (traitsB & LOCAL) ||
    nameA - nameB
  );
}

function underscores(names: Uint8Array, at: number): number {
  let n = 0;
  // Names are compared often, and a name of underscores alone may be as long as the file.
  while (n < 8 && names[at + n] === 0x5f) n++;
  return n;
}

/** Whether a symbol without a type is a name of code: assemblers mark kinds of bytes with `$x`, and jumps with `.L`. */
function isLabel(names: Uint8Array, at: number): boolean {
  const [dollar, dot] = [0x24, 0x2e];
  return names[at] !== dollar && names[at] !== dot;
}

/** Text up to the next NUL byte; a name is 4,096 bytes long at most. */
export function textAt(names: Uint8Array, at: number): string {
  const longest = names.subarray(at, at + 4096);
  const end = longest.indexOf(0);
  return decodeText(end < 0 ? longest : longest.subarray(0, end));
}

function withoutVersion(name: string): string {
  const at = name.indexOf("@");
  return at > 0 ? name.slice(0, at) : name;
}
