/** What the parts of the page tell each other of. */
export type Topic = "selected" | "view" | "matches" | "theme";

/** What is looked at now. */
export class Store {
  /** Place of the chosen task; -1 for none. */
  selected = -1;
  /** What the timeline shows. */
  fromNs = 0;
  toNs = 1;
  /** 1 for each task that search and filters let through; undefined when they let all through. */
  matches: Uint8Array | undefined;
  /** Places of those, by start. */
  matching: readonly number[] = [];
  isOnlyMatches = false;
  /** Texts to be told apart from others. */
  search = "";
  readonly #listeners = new Map<Topic, (() => void)[]>();

  on(topic: Topic, listener: () => void): void {
    const all = this.#listeners.get(topic);
    if (all) all.push(listener);
    else this.#listeners.set(topic, [listener]);
  }

  tell(topic: Topic): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener();
  }

  select(index: number): void {
    if (index === this.selected) return;
    this.selected = index;
    this.tell("selected");
  }

  isMatch(index: number): boolean {
    return this.matches === undefined || this.matches[index] === 1;
  }
}
