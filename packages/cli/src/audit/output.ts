import type { Writable } from "node:stream";

/** Bytes gathered before they are written. */
const BATCH_BYTES = 65_536;

/** A stream that is waited for when it is slow, and given up when its reader has gone, as `head` does. */
export class Output {
  readonly #stream: Writable;
  #parts: Buffer[] = [];
  #bytes = 0;
  #error: NodeJS.ErrnoException | undefined;
  /** Ends the wait for a slow reader. */
  #goOn: () => void = () => {};

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("error", (error: NodeJS.ErrnoException) => {
      this.#error ??= error;
      this.#goOn();
    });
    for (const event of ["drain", "close"]) stream.on(event, () => this.#goOn());
  }

  /** Whether its reader has gone: nothing more is wanted. */
  get isGone(): boolean {
    return this.#error?.code === "EPIPE" || this.#stream.destroyed;
  }

  async write(data: string | Buffer): Promise<void> {
    const part = Buffer.from(data as string);
    this.#parts.push(part);
    this.#bytes += part.length;
    if (this.#bytes >= BATCH_BYTES) await this.flush();
  }

  /** @throws the error of the stream, `ENOSPC` say, but not that its reader has gone */
  async flush(): Promise<void> {
    const batch = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    if (batch.length > 0 && this.#error === undefined && !this.isGone) {
      const ready = new Promise<void>((resolve) => (this.#goOn = resolve));
      if (!this.#stream.write(batch)) await ready;
    }
    if (this.#error !== undefined && this.#error.code !== "EPIPE") throw this.#error;
  }
}
