import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { printable } from "../report/terminal-text.ts";

/** Bytes at the end that are looked at for the latest lines. */
const TAIL_BYTES = 8192;
const CHUNK_BYTES = 1 << 16;
/** How long a terminal that takes nothing is waited for, milliseconds. */
const FULL_MS = 2000;

/**
 * What a command writes while the screen has its terminal: a file without a name that the command has as its standard
 * output and error, so that it never waits for us, both keep their order, and whoever lives on after us can still write.
 */
export class OutputSpool {
  /** For the command. */
  readonly descriptor: number;
  readonly #terminal: number;
  #replayed = 0;
  #tail: { readonly bytes: number; readonly lines: readonly string[] } = { bytes: 0, lines: [] };

  /**
   * @param terminal descriptor that the output is meant for
   * @throws the error of open(2), in the folder for temporary files
   */
  constructor(terminal: number) {
    this.#terminal = terminal;
    const path = join(tmpdir(), `task-watchers-${randomBytes(9).toString("hex")}`);
    this.descriptor = openSync(path, "ax+", 0o600);
    unlinkSync(path);
  }

  /** The latest lines, without what moves a cursor or makes a colour, and fit for a terminal. */
  lines(): readonly string[] {
    const bytes = this.#size();
    if (bytes === this.#tail.bytes) return this.#tail.lines;
    const from = Math.max(0, bytes - TAIL_BYTES);
    const text = this.#read(from, bytes - from).toString("utf8");
    const lines = stripVTControlCharacters(text).split("\n");
    if (from > 0) lines.shift();
    if (lines.at(-1) === "") lines.pop();
    this.#tail = { bytes, lines: lines.map(lastState) };
    return this.#tail.lines;
  }

  /** Writes to the terminal what was not written there yet, byte by byte as it was. */
  replay(): void {
    for (;;) {
      const chunk = this.#read(this.#replayed, CHUNK_BYTES);
      if (chunk.length === 0 || !writeAll(this.#terminal, chunk)) return;
      this.#replayed += chunk.length;
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }

  #size(): number {
    return fstatSync(this.descriptor).size;
  }

  #read(from: number, length: number): Buffer {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(this.descriptor, buffer, 0, length, from));
  }
}

/** A progress bar goes back to the beginning of its line: what it wrote there last. */
function lastState(line: string): string {
  const states = line.split("\r").filter((state) => state !== "");
  return printable((states.at(-1) ?? "").replaceAll("\t", "    "));
}

function writeAll(descriptor: number, bytes: Buffer): boolean {
  let rest = bytes;
  const until = performance.now() + FULL_MS;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const isFull = error instanceof Error && "code" in error && error.code === "EAGAIN";
      if (!isFull || performance.now() > until) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  return true;
}
