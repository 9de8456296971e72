/** A terminal, as much of it as a full screen needs. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

// xterm: alternate screen, hidden cursor, and lines that are cut instead of wrapped (a character may be two columns
// wide); home; clear to the end of the line, of the screen.
const ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_REST = "\u001b[J";

/** Pictures that take the whole terminal, which is given back as it was, also when the process ends by itself. */
export class FullScreen {
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
    screen.write(ENTER);
    process.once("exit", this.#leave);
  }

  // A terminal may not know its size.
  get columns(): number {
    return this.#screen.columns || 80;
  }

  get rows(): number {
    return this.#screen.rows || 24;
  }

  /** Shows these lines and nothing else; each must fit. */
  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, this.rows).map((line) => line + CLEAR_LINE);
    this.#screen.write(`${HOME}${shown.join("\r\n")}${CLEAR_REST}`);
  }

  close(): void {
    process.off("exit", this.#leave);
    this.#leave();
  }

  readonly #leave = (): void => {
    this.#screen.write(LEAVE);
  };
}
