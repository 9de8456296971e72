import { decodeText } from "@task-watchers/linux";
import { ByteList } from "./byte-list.ts";
import { JitRanges } from "./jit-ranges.ts";

/** Bytes of a line; a name longer than this is no name. */
const MAX_LINE = 16 << 10;
/** Lines kept of one map: a runtime that compiles for hours writes some 100,000. */
const MAX_LINES = 1 << 20;

/**
 * A `perf-<pid>.map` as it grows: lines of start, size (both hexadecimal) and name. Code moves and memory is used again, so
 * the last line that covers an address is the one that holds.
 */
export class JitMap {
  readonly #ranges = new JitRanges();
  readonly #names = new ByteList();
  /** The beginning of a line whose end has not been read. */
  #rest: Uint8Array = new Uint8Array(0);
  /** A line is being left out up to its end. */
  #skipping: boolean;
  /** Lines that are none. */
  malformed = 0;
  /** Lines beyond those that are kept. */
  dropped = 0;

  /** @param midLine whether what is read first begins in the middle of a line */
  constructor(midLine = false) {
    this.#skipping = midLine;
  }

  /** Lines that hold a function. */
  get size(): number {
    return this.#ranges.size;
  }

  /** Reads what was added to the map. Copies what it keeps. */
  append(bytes: Uint8Array): void {
    let from = 0;
    for (;;) {
      const newline = bytes.indexOf(10, from);
      if (newline < 0) break;
      this.#end(bytes.subarray(from, newline));
      from = newline + 1;
    }
    const rest = bytes.subarray(from);
    if (this.#skipping) return;
    if (this.#rest.length + rest.length <= MAX_LINE) {
      this.#rest = Buffer.concat([this.#rest, rest]);
      return;
    }
    this.#skipping = true;
    this.#rest = new Uint8Array(0);
    this.malformed++;
  }

  /** @returns name as the map has it, or undefined when no line covers the address */
  find(address: bigint): string | undefined {
    const number = Number(address);
    const line = Number.isSafeInteger(number) ? this.#ranges.find(number) : undefined;
    return line === undefined ? undefined : decodeText(this.#names.at(line));
  }

  #end(tail: Uint8Array): void {
    const line = this.#rest.length === 0 ? tail : Buffer.concat([this.#rest, tail]);
    this.#rest = new Uint8Array(0);
    if (this.#skipping) {
      this.#skipping = false;
      return;
    }
    this.#read(line);
  }

  #read(line: Uint8Array): void {
    const first = line.indexOf(0x20);
    const second = line.indexOf(0x20, first + 1);
    const start = first > 0 ? hexadecimal(line, 0, first) : undefined;
    const size = second > first + 1 ? hexadecimal(line, first + 1, second) : undefined;
    const isLine =
      line.length <= MAX_LINE &&
      start !== undefined &&
      size !== undefined &&
      size > 0 &&
      Number.isSafeInteger(start + size) &&
      second + 1 < line.length;
    if (!isLine) {
      this.malformed++;
    } else if (this.size >= MAX_LINES) {
      this.dropped++;
    } else {
      this.#ranges.add(start, start + size);
      this.#names.push(line.subarray(second + 1));
    }
  }
}

/** A number of up to 16 digits, with or without `0x`; undefined when it is none, or above 2^53. */
function hexadecimal(bytes: Uint8Array, from: number, to: number): number | undefined {
  const isMarked = bytes[from] === 0x30 && bytes[from + 1] === 0x78 && to - from > 2;
  const begin = isMarked ? from + 2 : from;
  if (to - begin > 16) return undefined;
  let value = 0;
  for (let at = begin; at < to; at++) {
    const digit = digitOf(bytes[at] ?? 0);
    if (digit === undefined) return undefined;
    value = value * 16 + digit;
  }
  return Number.isSafeInteger(value) ? value : undefined;
}

function digitOf(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  // A and a.
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}
