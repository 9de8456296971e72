import { constants, createWriteStream, fstatSync, openSync, type WriteStream } from "node:fs";
import { type AnyLine, formatLine, type KnownLine } from "@task-watchers/trace";

/** Text gathered before it is handed to the stream, characters. */
const CHUNK = 32_768;
/** How long a line may wait for others, milliseconds. */
const FLUSH_MS = 100;
/** What may wait for a slow reader, bytes; beyond it lines are dropped and counted. */
const QUEUE_LIMIT = 67_108_864;
/** How long the reader may take nothing at the end before it is given up, milliseconds. */
const END_GRACE_MS = 5000;

/** Writes a trace without ever holding up the watch: a reader that is slow or gone costs lines, and they are counted. */
export class TraceFile {
  readonly #stream: WriteStream;
  #text = "";
  #timer: NodeJS.Timeout | undefined;
  #gone: string | undefined;
  readonly #onGone: (() => void) | undefined;
  /** Lines taken in, lines refused, lines in the text not handed over yet, lines that are written. */
  readonly #lines = { taken: 0, refused: 0, gathered: 0, written: 0 };

  /**
   * @param path a file, made anew; `-` for standard output
   * @param onGone called once when nothing can be written any more
   * @throws the error of open(2) when the file cannot be written
   */
  constructor(path: string, onGone?: () => void) {
    this.#onGone = onGone;
    const fd = path === "-" ? standardOutput() : openSync(path, "w");
    this.#stream = createWriteStream("", { fd, autoClose: fd !== 1 });
    this.#stream.on("error", this.#onError);
  }

  /** Lines that were not written, nor will be. */
  get dropped(): number {
    const { taken, refused, written } = this.#lines;
    return this.#gone === undefined ? refused : refused + taken - written;
  }

  /** Why nothing can be written any more: `"EPIPE"` when the reader has gone, `"ENOSPC"`; absent while all is well. */
  get gone(): string | undefined {
    return this.#gone;
  }

  /** @throws TypeError when a value of the line is circular */
  write(line: KnownLine | AnyLine): void {
    const text = formatLine(line);
    // The summary is what says that lines are missing.
    const isFull = this.#stream.writableLength > QUEUE_LIMIT && line.type !== "summary";
    if (this.#gone !== undefined || isFull) {
      this.#lines.refused++;
      return;
    }
    this.#text += text;
    this.#lines.taken++;
    this.#lines.gathered++;
    if (this.#text.length >= CHUNK) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS).unref();
  }

  /** Resolves when everything is written, or can never be. */
  async end(): Promise<void> {
    this.#flush();
    if (this.#gone !== undefined) return;
    const ended = new Promise<void>((resolve) => {
      this.#stream.end((error?: NodeJS.ErrnoException | null) => {
        // A stream that has failed says here only that it is destroyed; why, it tells once its file is closed.
        if (error) this.#onError(this.#stream.errored ?? error);
        resolve();
      });
    });
    let left = -1;
    while (left !== this.#stream.writableLength) {
      left = this.#stream.writableLength;
      if (await Promise.race([ended.then(() => true), later(END_GRACE_MS)])) return;
    }
    this.#gone ??= "its reader has stopped reading";
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#text === "" || this.#gone !== undefined) return;
    const { gathered } = this.#lines;
    this.#stream.write(this.#text, (error) => {
      if (!error) this.#lines.written += gathered;
    });
    this.#text = "";
    this.#lines.gathered = 0;
  }

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    if (this.#gone !== undefined) return;
    this.#gone = error.code ?? error.message;
    this.#onGone?.();
  };
}

/** A pipe is opened anew, so that it blocks our writer alone, whoever made the shared one non-blocking. */
function standardOutput(): number {
  if (!fstatSync(1).isFIFO()) return 1;
  try {
    return openSync("/proc/self/fd/1", constants.O_WRONLY);
  } catch {
    return 1;
  }
}

async function later(ms: number): Promise<false> {
  return await new Promise((resolve) => setTimeout(() => resolve(false), ms));
}
