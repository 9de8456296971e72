import { MAX_LISTEN_BYTES } from "./protocol.ts";
import { RelayError } from "./relay-error.ts";

const NEWLINE = 0x0a;

/** What a listener says: one line, and whatever comes after it. */
export class FirstLine {
  #pieces: Buffer[] = [];
  #bytes = 0;

  /**
   * @returns the line without its newline, and the bytes after it; undefined until it is whole
   * @throws RelayError `EPROTO` when it is too long, or is no UTF-8
   */
  push(chunk: Buffer): { line: string; rest: Buffer } | undefined {
    const end = chunk.indexOf(NEWLINE);
    const part = end < 0 ? chunk : chunk.subarray(0, end);
    this.#bytes += part.length;
    if (this.#bytes > MAX_LISTEN_BYTES) {
      throw new RelayError(
        "EPROTO",
        `the first line may have ${MAX_LISTEN_BYTES} bytes, this one has more`,
      );
    }
    this.#pieces.push(part);
    if (end < 0) return undefined;
    return { line: decode(Buffer.concat(this.#pieces)), rest: chunk.subarray(end + 1) };
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new RelayError("EPROTO", "the first line must be JSON in UTF-8");
  }
}
