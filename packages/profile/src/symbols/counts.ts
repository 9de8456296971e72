import type { SymbolCounters } from "./frame.ts";

/** What could not be had, while it is counted. */
export class Counts implements SymbolCounters {
  files = 0;
  filesWithoutSymbols = 0;
  filesCorrupt = 0;
  jitMaps = 0;
  jitLinesMalformed = 0;
  /** Bytes of symbols that were read, and are kept in part. */
  symbolBytes = 0;
  readonly #notes = new Set<string>();

  /** Says a sentence once. */
  note(sentence: string): void {
    this.#notes.add(sentence);
  }

  get notes(): readonly string[] {
    return [...this.#notes];
  }
}
