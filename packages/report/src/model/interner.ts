/** Keeps one of each text: paths come back thousands of times, and each line's are its own. */
export class Interner {
  readonly #texts = new Map<string, string>();

  text(text: string): string;
  text(text: string | undefined): string | undefined;
  text(text: string | undefined): string | undefined {
    if (text === undefined) return undefined;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }

  list(list: readonly string[] | undefined): readonly string[] | undefined {
    if (list === undefined) return undefined;
    return list.map((word) => this.text(word));
  }
}
