import type { SourceFacts } from "./exec-facts.ts";

/** No process's id. */
const NOBODY = -1;

/**
 * Facts of execs whose events are still to come. The event follows at once, nearly always: so the latest facts have a place of
 * their own. A Map that one entry goes into and out of again makes a table anew every second time, and in V8 each table holds on
 * to the next, with all that was in it, until the whole heap is looked through.
 */
export class GivenFacts {
  #latest = NOBODY;
  #facts: SourceFacts | undefined;
  readonly #earlier = new Map<number, SourceFacts>();

  put(tgid: number, facts: SourceFacts): void {
    if (this.#facts !== undefined && this.#latest !== tgid) {
      this.#earlier.set(this.#latest, this.#facts);
    }
    this.delete(tgid);
    this.#latest = tgid;
    this.#facts = facts;
  }

  get(tgid: number): SourceFacts | undefined {
    return this.#latest === tgid ? this.#facts : this.#earlier.get(tgid);
  }

  delete(tgid: number): void {
    if (this.#earlier.size > 0) this.#earlier.delete(tgid);
    if (this.#latest !== tgid) return;
    this.#latest = NOBODY;
    this.#facts = undefined;
  }
}
