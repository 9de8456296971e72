import { emitKeypressEvents, type Interface } from "node:readline";
import type { ReadStream } from "node:tty";
import type { Key } from "./view-state.ts";

/** How long an escape may be the beginning of a longer sequence, milliseconds. */
const ESCAPE_MS = 50;

/** Keys one at a time, without echo, while it is open. */
export class Keys {
  readonly #input: ReadStream;
  readonly #onKey: (key: Key) => void;

  constructor(input: ReadStream, onKey: (key: Key) => void) {
    this.#input = input;
    this.#onKey = onKey;
    // It looks at nothing of an interface but this.
    emitKeypressEvents(input, { escapeCodeTimeout: ESCAPE_MS } as unknown as Interface);
    input.on("keypress", this.#onKeypress);
    // The terminal may go away under us.
    input.on("error", ignored);
    this.open();
  }

  open(): void {
    this.#input.setRawMode(true);
    this.#input.resume();
  }

  /** The keyboard is as it was, and nobody listens. */
  close(): void {
    try {
      this.#input.setRawMode(false);
    } catch {
      // It has gone.
    }
    this.#input.pause();
  }

  end(): void {
    this.close();
    this.#input.off("keypress", this.#onKeypress);
  }

  readonly #onKeypress = (_text: unknown, key: Key): void => this.#onKey(key);
}

function ignored(): void {}
