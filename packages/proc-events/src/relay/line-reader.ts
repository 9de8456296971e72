const NEWLINE = 0x0a;

/** Lines from bytes as they come, none longer than it may be. */
export class LineReader {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that end in this chunk; the last is undefined when it is too long: read no more then. */
  push(chunk: Buffer): (string | undefined)[] {
    const lines: (string | undefined)[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      this.#hold(chunk.subarray(from, end));
      from = end + 1;
      if (this.#bytes > this.#maxBytes) return [...lines, undefined];
      lines.push(this.#take());
    }
    this.#hold(chunk.subarray(from));
    if (this.#bytes > this.#maxBytes) lines.push(undefined);
    return lines;
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }

  #take(): string {
    const [first = Buffer.alloc(0)] = this.#pieces;
    const whole = this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    return whole.toString("utf8");
  }
}
