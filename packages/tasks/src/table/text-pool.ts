/** Texts kept at most; when there are as many, all are let go and it begins anew. */
const LIMIT = 1024;
/** Longer ones are seldom said twice. */
const LONGEST = 256;

/**
 * Texts that many tasks have in common, such as their directory and their control group. What was read for each of them anew is
 * kept once.
 */
export class TextPool {
  #texts = new Map<string, string>();

  /** The same text, said before if it was. */
  get(text: string): string {
    if (text.length > LONGEST) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    // Another map: one that was emptied holds on to what it had until the whole heap is looked through.
    if (this.#texts.size >= LIMIT) this.#texts = new Map();
    this.#texts.set(text, text);
    return text;
  }
}
