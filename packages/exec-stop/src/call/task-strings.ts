import { decodeText } from "@task-watchers/linux/text";
import { PAGE } from "./task-pages.ts";

/** MAX_ARG_STRLEN, include/uapi/linux/binfmts.h: a string of so many bytes, its NUL not counted, is refused by exec. */
export const STRING_MAX = 131_072;
/** Most that argv, envp and their pointers may take together (fs/exec.c: three quarters of 8 MiB). */
export const ARGUMENTS_MAX: number = 6 * 1024 * 1024;
/** Pages read ahead for a string that goes on, at most. */
const AHEAD_MAX = 32;
const POINTER_SPACE = 2 ** 32;

/** Memory by pages, as `TaskPages` has it. The seam for tests. */
export interface Pages {
  page(number: number): Uint8Array | undefined;
  has(number: number): boolean;
  fetch(numbers: Iterable<number>): void;
  readonly refusal: string | undefined;
}

/** How much of the strings is kept. */
export interface StringLimits {
  /** Bytes of one. */
  readonly perString: number;
  /** Bytes of all together. */
  readonly total: number;
}

/** Strings of a vector, and how many bytes of them were cut off. */
export interface Strings {
  readonly strings: readonly string[];
  readonly truncatedBytes: number;
}

/** Why a vector or a string could not be had: `"EFAULT"`, `"E2BIG"` for what exec refuses, `"EPERM"`, `"ESRCH"`. */
export interface Unreadable {
  readonly missing: string;
}

/** The bytes up to a NUL, copied only when they lie on several pages. */
export function readString(pages: Pages, address: number): Uint8Array | Unreadable {
  const parts: Uint8Array[] = [];
  let length = 0;
  let ahead = 1;
  for (let number = Math.floor(address / PAGE), from = address % PAGE; ; number++, from = 0) {
    if (!pages.has(number)) {
      pages.fetch(Array.from({ length: ahead }, (_, i) => number + i));
      ahead = Math.min(ahead * 2, AHEAD_MAX);
    }
    const page = pages.page(number);
    if (page === undefined) return { missing: pages.refusal ?? "EFAULT" };
    const end = page.indexOf(0, from);
    const part = page.subarray(from, end < 0 ? PAGE : end);
    length += part.length;
    if (length >= STRING_MAX) return { missing: "E2BIG" };
    if (end >= 0) return parts.length === 0 ? part : Buffer.concat([...parts, part]);
    parts.push(part);
  }
}

/**
 * The strings that a NULL-ended array of pointers points to, as `decodeText` gives them.
 *
 * @param address of the array; 0 stands for an empty one, as exec has it
 */
export function readStrings(
  pages: Pages,
  address: number,
  pointerSize: 4 | 8,
  limits: StringLimits,
): Strings | Unreadable {
  if (address === 0) return { strings: [], truncatedBytes: 0 };
  const pointers = readPointers(pages, address, pointerSize);
  if (!Array.isArray(pointers)) return pointers;
  prefetch(pages, pointers, limits.total);
  const strings: string[] = [];
  let [all, kept, truncatedBytes] = [0, 0, 0];
  for (const pointer of pointers) {
    const bytes = readString(pages, pointer);
    if ("missing" in bytes) return bytes;
    all += bytes.length + 1;
    if (all + pointers.length * pointerSize > ARGUMENTS_MAX) return { missing: "E2BIG" };
    const room = Math.min(bytes.length, limits.perString, limits.total - kept);
    kept += room;
    truncatedBytes += bytes.length - room;
    strings.push(decodeText(room < bytes.length ? bytes.subarray(0, room) : bytes));
  }
  return { strings, truncatedBytes };
}

function readPointers(pages: Pages, address: number, pointerSize: 4 | 8): number[] | Unreadable {
  const pointers: number[] = [];
  const word = new DataView(new ArrayBuffer(8));
  let view: DataView = word;
  let viewed = -1;
  for (let at = address; ; at += pointerSize) {
    const number = Math.floor(at / PAGE);
    const from = at % PAGE;
    const page = pages.page(number);
    if (page === undefined) return { missing: pages.refusal ?? "EFAULT" };
    let pointer: number;
    if (from + pointerSize <= PAGE) {
      if (viewed !== number) view = viewOf(page);
      viewed = number;
      pointer = pointerAt(view, from, pointerSize);
    } else {
      const next = pages.page(number + 1);
      if (next === undefined) return { missing: pages.refusal ?? "EFAULT" };
      for (let i = 0; i < pointerSize; i++) {
        word.setUint8(i, (from + i < PAGE ? page[from + i] : next[from + i - PAGE]) ?? 0);
      }
      pointer = pointerAt(word, 0, pointerSize);
    }
    if (pointer === 0) return pointers;
    pointers.push(pointer);
    // Each string takes a byte at least.
    if (pointers.length * (pointerSize + 1) > ARGUMENTS_MAX) return { missing: "E2BIG" };
  }
}

function viewOf(page: Uint8Array): DataView {
  return new DataView(page.buffer, page.byteOffset, page.byteLength);
}

/** Both ABIs of each machine are little-endian. */
function pointerAt(view: DataView, at: number, size: 4 | 8): number {
  const low = view.getUint32(at, true);
  return size === 4 ? low : userAddress(low, view.getUint32(at + 4, true));
}

/** An address by its halves; arm64 ignores the top byte of one, and programs keep tags there. */
export function userAddress(low: number, high: number): number {
  const effective = process.arch === "arm64" ? high & 0x00ff_ffff : high;
  return effective * POINTER_SPACE + low;
}

/** Most strings lie together on few pages: one call for them all. */
function prefetch(pages: Pages, pointers: readonly number[], total: number): void {
  const numbers = new Set<number>();
  const most = Math.ceil(total / PAGE);
  for (const pointer of pointers) {
    numbers.add(Math.floor(pointer / PAGE));
    if (numbers.size >= most) break;
  }
  pages.fetch(numbers);
}
