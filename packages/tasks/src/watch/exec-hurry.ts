/** Execs in a row that were all stopped, after which the next ones are expected to be stopped too. */
const ENOUGH = 8;

/**
 * Whether a source has to be quick about execs. Where each is stopped before it is made, its event only confirms it, and
 * waking up for it would cost as much as the stop.
 */
export class ExecHurry {
  readonly #set: (wanted: boolean) => void;
  #stopped = 0;
  #wanted = true;

  /** @param set tells the source, when it changes */
  constructor(set: (wanted: boolean) => void) {
    this.#set = set;
  }

  /** An exec is stopped. */
  stopped(): void {
    if (!this.#wanted || ++this.#stopped < ENOUGH) return;
    this.#wanted = false;
    this.#set(false);
  }

  /** An exec has been made that was not stopped. */
  missed(): void {
    this.#stopped = 0;
    if (this.#wanted) return;
    this.#wanted = true;
    this.#set(true);
  }
}
