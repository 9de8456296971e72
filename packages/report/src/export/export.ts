import type { TraceModel } from "../model/trace-model.ts";

/** Takes a piece of text; what it returns is waited for before the next. */
export type Write = (text: string) => void | Promise<void>;

/**
 * Writes a trace in another format, in pieces of some 64 KiB.
 *
 * @throws ExportError before the first piece when the trace has nothing that the format shows; and what `write` throws
 */
export type Export = (model: TraceModel, write: Write) => Promise<void>;

/** The trace lacks what the format is made of; the message says what records it. */
export class ExportError extends Error {
  override readonly name = "ExportError";
}

/** Characters that are gathered before they are written. */
const CHUNK = 1 << 16;

/** Small pieces gathered into larger ones, with room for the reader between two of them. */
export class Pieces {
  readonly #write: Write;
  #texts: string[] = [];
  #length = 0;

  constructor(write: Write) {
    this.#write = write;
  }

  /** Adds text; to be awaited only when it returns something. */
  add(text: string): void | Promise<void> {
    this.#texts.push(text);
    this.#length += text.length;
    if (this.#length >= CHUNK) return this.flush();
  }

  /** Writes what there is. */
  async flush(): Promise<void> {
    if (this.#length === 0) return;
    const text = this.#texts.join("");
    this.#texts = [];
    this.#length = 0;
    await this.#write(text);
  }
}
