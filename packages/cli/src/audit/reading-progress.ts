import { standardError } from "../standard-error.ts";

/** How often it is told, milliseconds. */
const INTERVAL_MS = 500;

/** How much of the files was read, on a terminal, where nothing else is printed to one. */
export class ReadingProgress {
  readonly #total: number;
  readonly #isShown: boolean;
  #read = 0;
  #toldMs = performance.now();
  #hasTold = false;

  /** @param total bytes; 0 when that is not known */
  constructor(total: number) {
    this.#total = total;
    this.#isShown = standardError.isTTY && !process.stdout.isTTY && process.env["TERM"] !== "dumb";
  }

  add(bytes: number): void {
    this.#read += bytes;
    const nowMs = performance.now();
    if (!this.#isShown || nowMs - this.#toldMs < INTERVAL_MS) return;
    this.#toldMs = nowMs;
    this.#hasTold = true;
    const mib = (this.#read / 1_048_576).toFixed(0);
    const part = this.#total === 0 ? "" : ` of ${(this.#total / 1_048_576).toFixed(0)}`;
    standardError.write(`\r${mib}${part} MiB read\u001b[K`);
  }

  close(): void {
    if (this.#hasTold) standardError.write("\r\u001b[K");
  }
}
