import { SemaphoreError } from "../set/semaphore-error.ts";
import type { Hold } from "../set/types.ts";
import { codeOf } from "./give-back.ts";
import type { HolderAccount, UnitsTaken } from "./holder-account.ts";

const EALREADY = 114;

/** Units held for a holder: given back once, by hand or at the holder's end, whichever comes first. */
export class UndoHold implements Hold {
  readonly semaphore: number;
  readonly units: number;
  readonly #account: HolderAccount;
  readonly #set: number;
  readonly #epoch: number;
  #released = false;

  /** @param epoch of the account when they were taken */
  constructor(account: HolderAccount, epoch: number, units: UnitsTaken) {
    this.#account = account;
    this.#set = units.set;
    this.semaphore = units.semaphore;
    this.units = units.units;
    this.#epoch = epoch;
  }

  /** Lets another holder have the units; this hold is then void. @throws SemaphoreError `EALREADY` */
  moveTo(open: (set: number) => HolderAccount): UndoHold {
    const taken = { set: this.#set, semaphore: this.semaphore, units: this.units };
    this.#checkHeld();
    const account = open(this.#set);
    this.#released = true;
    this.#account.move(account, taken);
    return new UndoHold(account, account.epoch, taken);
  }

  get released(): boolean {
    return this.#released || this.#account.epoch !== this.#epoch;
  }

  release(): void {
    const { semaphore, units } = this;
    this.#checkHeld();
    this.#released = true;
    try {
      this.#account.unhold(this.#set, semaphore, units);
    } catch (error) {
      if (codeOf(error) === "ERANGE") this.#released = false;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    if (this.released) return;
    try {
      this.release();
    } catch (error) {
      const code = codeOf(error);
      if (code !== "EIDRM" && code !== "EINVAL") throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
  }

  #checkHeld(): void {
    if (!this.released) return;
    const hint = this.#released
      ? "these units were given back, or to another holder, before"
      : "these units went back when their holder ended or let go of everything";
    throw new SemaphoreError("semop", EALREADY, {
      set: this.#set,
      semaphore: this.semaphore,
      hint,
    });
  }
}
