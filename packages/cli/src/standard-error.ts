import { writeSync } from "node:fs";
import { isatty } from "node:tty";

/** Columns when standard error is no terminal and COLUMNS is not set. */
const DEFAULT_COLUMNS = 160;
/** How long a full pipe that somebody made non-blocking is waited for, milliseconds. */
const FULL_PIPE_MS = 2000;

/** Where the user is told things. */
export interface StandardError {
  readonly isTTY: boolean;
  /** Columns a line may take. */
  readonly columns: number;
  /** Writes all of it, or nothing any more when the reader has gone. */
  write(text: string): void;
  /** Has what is written go elsewhere, while a full screen has the terminal; returns the undo. */
  divert(to: (text: string) => void): () => void;
}

let diverted: ((text: string) => void) | undefined;

/**
 * Standard error by its descriptor. Not by `process.stderr`: that would make a pipe non-blocking, for the command that
 * shares it too, whose writes then fail when its reader pauses.
 */
export const standardError: StandardError = {
  isTTY: isatty(2),

  get columns(): number {
    const ofTerminal = this.isTTY ? process.stderr.columns : undefined;
    return ofTerminal || Number(process.env["COLUMNS"]) || DEFAULT_COLUMNS;
  },

  divert(to: (text: string) => void): () => void {
    diverted = to;
    return () => {
      if (diverted === to) diverted = undefined;
    };
  },

  write(text: string): void {
    if (diverted) {
      diverted(text);
      return;
    }
    let rest = Buffer.from(text);
    const until = performance.now() + FULL_PIPE_MS;
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(2, rest));
      } catch (error) {
        const isFull = error instanceof Error && "code" in error && error.code === "EAGAIN";
        if (!isFull || performance.now() > until) return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      }
    }
  },
};
