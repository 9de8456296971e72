/** Puts lines together from pieces of text. Looks at each character once, and holds no line longer than it may. */
export class LineSplitter {
  readonly #maxCharacters: number;
  #pieces: string[] = [];
  #heldCharacters = 0;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  /** Characters since the last newline, held or not. */
  get heldCharacters(): number {
    return this.#heldCharacters;
  }

  /** What came since the last newline; undefined when it is too long. */
  get held(): string | undefined {
    return this.#heldCharacters > this.#maxCharacters ? undefined : this.#pieces.join("");
  }

  /** The lines that end in this text, without their newlines; undefined for one that is too long. */
  *push(text: string): Generator<string | undefined, void, undefined> {
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      this.hold(text.slice(from, end));
      from = end + 1;
      const line = this.held;
      this.#pieces = [];
      this.#heldCharacters = 0;
      yield line;
    }
    this.hold(text.slice(from));
  }

  /** Adds to the line that has not ended yet. */
  hold(text: string): void {
    this.#heldCharacters += text.length;
    if (this.#heldCharacters > this.#maxCharacters) this.#pieces = [];
    else if (text !== "") this.#pieces.push(text);
  }
}
