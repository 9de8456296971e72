import { SemaphoreError } from "../set/semaphore-error.ts";
import type { OperateOptions, SemaphoreStep } from "../set/types.ts";
import { Adjustments, type Effects, effectsOf } from "./adjustments.ts";
import { onAbort } from "../set/on-abort.ts";
import { codeOf } from "./give-back.ts";
import type { EndWatch } from "./holder-end.ts";
import { gone, type KnownHolder, nameOf } from "./holder-target.ts";
import type { UndoReason } from "./undo-report.ts";
import type { UndoableSet } from "./undoable-set.ts";

/** What goes back on one set. */
export type Adjusts = readonly (readonly [semaphore: number, adjust: number])[];

/** What an account needs of its ledger. */
export interface AccountOwner {
  watchEnd(holder: KnownHolder, onEnd: () => void): EndWatch;
  /** Gives the adjustments back, and tells. Does not throw for what the kernel refuses. */
  giveBack(holder: KnownHolder, set: number, adjusts: Adjusts, reason: UndoReason): void;
  /** Gives units of one hold back. @throws the kernel's refusal, nothing changed */
  give(set: number, semaphore: number, units: number): void;
  /** Writes down what the holder holds on a set from now on. */
  note(holder: KnownHolder, set: number, adjusts: Adjusts): void;
  watchByEvent(holder: KnownHolder, onEnd: () => void): () => void;
  /** Nothing is held any more, and nothing under way. */
  empty(holder: KnownHolder): void;
}

/** Steps, and how many holds come of them: the account lasts until these are given back. */
export interface Operation {
  readonly steps: readonly SemaphoreStep[];
  readonly holds: 0 | 1;
}

/** What a hold took. */
export interface UnitsTaken {
  /** Id of the set. */
  readonly set: number;
  readonly semaphore: number;
  readonly units: number;
}

const ERANGE = 34;
const ECANCELED = 125;

/** What one holder holds, from its first operation until nothing is left. */
export class HolderAccount {
  readonly holder: KnownHolder;
  readonly #owner: AccountOwner;
  readonly #watch: EndWatch;
  readonly #forgetEvent: () => void;
  /** In order of first use; the kernel goes through them the other way round. */
  readonly #sets = new Map<number, Adjustments>();
  readonly #gone = new AbortController();
  #pending = 0;
  #holds = 0;
  #closed = false;
  #isLedgerClosed = false;
  /** Holds made before all was given back are void. */
  epoch = 0;

  /** @throws SemaphoreError `ESRCH` when the holder has ended; SyscallError `EMFILE` */
  constructor(holder: KnownHolder, owner: AccountOwner) {
    this.holder = holder;
    this.#owner = owner;
    this.#watch = owner.watchEnd(holder, () => this.close("end"));
    this.#forgetEvent = owner.watchByEvent(holder, () => this.close("event"));
  }

  held(): [set: number, adjusts: [semaphore: number, adjust: number][]][] {
    return Array.from(this.#sets, ([set, adjustments]) => [set, adjustments.entries()]);
  }

  ref(): void {
    this.#watch.ref();
  }

  unref(): void {
    this.#watch.unref();
  }

  /** Takes the units down that a living holder had before a restart. */
  restore(set: number, adjusts: Adjusts): void {
    const adjustments = this.#of(set);
    for (const [semaphore, adjust] of adjusts) adjustments.set(semaphore, adjust);
    this.#noted(set);
    this.#settle();
  }

  tryOperate(set: UndoableSet, { steps, holds }: Operation): boolean {
    const effects = this.#check(set, steps);
    try {
      if (!set.tryOperate(steps, { undo: true })) return false;
      this.#holds += holds;
      this.#add(set.id, effects);
      return true;
    } finally {
      this.#settle();
    }
  }

  /** Resolves with the epoch in which it was done. */
  async operate(
    set: UndoableSet,
    { steps, holds }: Operation,
    options: OperateOptions,
  ): Promise<number> {
    const effects = this.#check(set, steps);
    const adjustments = this.#of(set.id);
    adjustments.reserve(effects);
    this.#pending++;
    try {
      await this.#operated(set, steps, options);
      if (this.#closed) {
        const net = Array.from(effects, ([semaphore, effect]) => [semaphore, effect.net] as const);
        const adjusts = net.filter(([, adjust]) => adjust !== 0);
        this.#owner.giveBack(this.holder, set.id, adjusts, "race");
        throw this.#whyClosed();
      }
      this.#holds += holds;
      this.#add(set.id, effects);
      return this.epoch;
    } finally {
      adjustments.unreserve(effects);
      this.#pending--;
      this.#settle();
    }
  }

  /** Gives back what a hold has. @throws the kernel's refusal: `ERANGE` and it is still held, else it is void */
  unhold(set: number, semaphore: number, units: number): void {
    const adjustments = this.#of(set);
    const before = adjustments.get(semaphore);
    // Written down first: should we die in between, the kernel gives it back, and nobody takes it again.
    adjustments.set(semaphore, before - units);
    this.#noted(set);
    try {
      this.#owner.give(set, semaphore, units);
      this.#holds--;
    } catch (error) {
      if (codeOf(error) === "EIDRM" || codeOf(error) === "EINVAL") {
        adjustments.clear();
        this.#holds--;
      } else {
        adjustments.set(semaphore, before);
      }
      this.#noted(set);
      throw error;
    } finally {
      this.#settle();
    }
  }

  /** Lets another account have what a hold has: nothing of it passes through the kernel. */
  move(to: HolderAccount, { set, semaphore, units }: UnitsTaken): void {
    to.#holds++;
    to.#add(set, effectsOf([{ semaphore, change: -units }]));
    this.#holds--;
    this.#add(set, effectsOf([{ semaphore, change: units }]));
    this.#settle();
  }

  /** Everything goes back; the holder may go on. */
  release(reason: UndoReason): void {
    this.epoch++;
    this.#holds = 0;
    const sets = Array.from(this.#sets, ([set, adjustments]) => {
      const adjusts = adjustments.entries();
      adjustments.clear();
      return [set, adjusts] as const;
    });
    for (const [set, adjusts] of sets.toReversed()) {
      if (adjusts.length === 0) continue;
      this.#owner.note(this.holder, set, []);
      this.#owner.giveBack(this.holder, set, adjusts, reason);
    }
    this.#settle();
  }

  /** Everything goes back, waits are given up, and nothing more is taken. */
  close(reason: UndoReason): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#isLedgerClosed = reason === "close";
    // Before anything else: others wait for it.
    this.release(reason);
    this.#owner.empty(this.holder);
    this.#watch.close();
    this.#forgetEvent();
    this.#gone.abort();
  }

  async #operated(
    set: UndoableSet,
    steps: readonly SemaphoreStep[],
    { signal, ...options }: OperateOptions,
  ): Promise<void> {
    // Not AbortSignal.any: Node.js keeps what it gives for as long as one of the signals lives.
    const either = new AbortController();
    const forget = [signal, this.#gone.signal].map((one) => {
      if (one === undefined) return undefined;
      if (one.aborted) either.abort(one.reason);
      return onAbort(one, () => either.abort(one.reason));
    });
    try {
      await set.operate(steps, { ...options, undo: true, signal: either.signal });
    } catch (error) {
      throw this.#closed ? this.#whyClosed(error) : error;
    } finally {
      for (const each of forget) each?.();
    }
  }

  #whyClosed(cause?: unknown): SemaphoreError {
    if (!this.#isLedgerClosed) return gone(nameOf(this.holder), cause);
    return new SemaphoreError("semop", ECANCELED, { hint: "the ledger was closed", cause });
  }

  /** What the steps come to. @throws SemaphoreError `ERANGE`, `ESRCH`, before anything has happened */
  #check(set: UndoableSet, steps: readonly SemaphoreStep[]): Effects {
    // While all of it goes back, a listener may ask for more.
    if (this.#closed) throw this.#whyClosed();
    const effects = effectsOf(steps);
    const semaphore = this.#of(set.id).tooFar(effects);
    if (semaphore === undefined) return effects;
    this.#settle();
    throw new SemaphoreError("semop", ERANGE, {
      set: set.id,
      semaphore,
      hint: `what ${nameOf(this.holder)} would give back must stay from -32768 to 32767; let it hold less`,
    });
  }

  #add(set: number, effects: Effects): void {
    this.#of(set).add(effects);
    this.#noted(set);
  }

  #of(set: number): Adjustments {
    const known = this.#sets.get(set);
    if (known !== undefined) return known;
    const made = new Adjustments();
    this.#sets.set(set, made);
    return made;
  }

  #noted(set: number): void {
    this.#owner.note(this.holder, set, this.#of(set).entries());
  }

  /** Waits for the holder's end only as long as it holds something. */
  #settle(): void {
    if (this.#closed || this.#pending > 0 || this.#holds > 0) return;
    for (const adjustments of this.#sets.values()) if (!adjustments.isEmpty) return;
    this.#closed = true;
    this.#watch.close();
    this.#forgetEvent();
    this.#owner.empty(this.holder);
  }
}
