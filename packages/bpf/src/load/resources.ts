/** Something that is to be given back. */
interface Closable {
  close(): void;
}

/** What was opened so far, given back in the opposite order; also when a later step fails. */
export class Resources {
  readonly #open: Closable[] = [];

  /** Takes it into care, and gives it back to the caller. */
  add<T extends Closable>(resource: T): T {
    this.#open.push(resource);
    return resource;
  }

  /** Safe twice. */
  close(): void {
    for (let last = this.#open.pop(); last !== undefined; last = this.#open.pop()) last.close();
  }
}
