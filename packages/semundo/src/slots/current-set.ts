import { SemaphoreError } from "../set/semaphore-error.ts";
import { codeOf } from "../undo/give-back.ts";

const ECANCELED = 125;

/** The set of a name, opened anew when somebody has removed it: once, for all of ours that find it gone. */
export class CurrentSet<S extends { close(): Promise<void> }> {
  readonly #name: string;
  readonly #make: () => Promise<S>;
  #set: S | undefined;
  #opening: Promise<S> | undefined;
  #closed = false;

  /** @param make opens what is there, or makes it */
  constructor(name: string, make: () => Promise<S>) {
    this.#name = name;
    this.#make = make;
  }

  /** @throws (rejects) SemaphoreError `ECANCELED` when it was closed, also meanwhile; what `make` rejects with */
  async open(): Promise<S> {
    this.#checkOpen();
    if (this.#opening === undefined && this.#set !== undefined) return this.#set;
    return await this.#reopen();
  }

  /**
   * Does something with the set; when that finds it removed, with the next one.
   *
   * @throws (rejects) SemaphoreError `ECANCELED` when it was closed; what `step` rejects with
   */
  async use<T>(step: (set: S) => T | Promise<T>): Promise<T> {
    for (;;) {
      const set = await this.open();
      this.#checkOpen();
      try {
        return await step(set);
      } catch (error) {
        await this.#replaced(set, error);
      }
    }
  }

  /** Ends what is under way with `ECANCELED`. A set that is just being opened is closed, too. */
  async close(): Promise<void> {
    this.#closed = true;
    // Who waits for it hears why it came to nothing.
    const opening = this.#opening?.catch(() => undefined);
    await Promise.all([this.#set?.close(), opening]);
  }

  /** @throws (rejects) the error unless it comes of the set's removal */
  async #replaced(set: S, error: unknown): Promise<void> {
    const code = codeOf(error);
    if (code !== "EIDRM" && code !== "EINVAL" && code !== "ECANCELED") throw error;
    this.#checkOpen(error);
    const isStill = this.#set === set && this.#opening === undefined;
    // We close a set only to open the next: else it was somebody else's, as the ledger's.
    if (code === "ECANCELED" && isStill) throw error;
    if (isStill) await this.#reopen();
  }

  #reopen(): Promise<S> {
    this.#opening ??= this.#openAnew().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #openAnew(): Promise<S> {
    const old = this.#set;
    this.#set = undefined;
    await old?.close();
    const set = await this.#make();
    if (this.#closed) await set.close();
    this.#checkOpen();
    this.#set = set;
    return set;
  }

  #checkOpen(cause?: unknown): void {
    if (!this.#closed) return;
    const hint = `slots "${this.#name}" were closed`;
    throw new SemaphoreError("semop", ECANCELED, cause === undefined ? { hint } : { hint, cause });
  }
}
