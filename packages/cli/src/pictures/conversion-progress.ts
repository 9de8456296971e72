import { standardError } from "../standard-error.ts";

/** How often it is told, milliseconds; a conversion that takes less says nothing. */
const INTERVAL_MS = 300;
const BAR = 24;

/** How far a conversion has come, as a bar on a terminal. */
export class ConversionProgress {
  readonly #isShown: boolean;
  #toldMs = performance.now();
  #hasTold = false;

  constructor(isQuiet: boolean) {
    this.#isShown = !isQuiet && standardError.isTTY && process.env["TERM"] !== "dumb";
  }

  /** @param of 0 when it is not known */
  tell(what: string, done: number, of: number): void {
    const nowMs = performance.now();
    if (!this.#isShown || nowMs - this.#toldMs < INTERVAL_MS) return;
    this.#toldMs = nowMs;
    this.#hasTold = true;
    const part = Math.min(of > 0 ? done / of : 0, 1);
    const full = Math.round(part * BAR);
    const bar = `${"█".repeat(full)}${"░".repeat(BAR - full)} ${Math.floor(100 * part)} %`;
    const mib = `${(done / 1_048_576).toFixed(0)} MiB`;
    standardError.write(`\r${what} ${of > 0 ? bar : mib}\u001b[K`);
  }

  close(): void {
    if (this.#hasTold) standardError.write("\r\u001b[K");
    this.#hasTold = false;
  }
}
