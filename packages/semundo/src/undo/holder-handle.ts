import type { Hold, OperateOptions, SemaphoreStep } from "../set/types.ts";
import type { HolderAccount, Operation } from "./holder-account.ts";
import { type KnownHolder, nameOf } from "./holder-target.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { UndoHold } from "./undo-hold.ts";
import type { AcquireForOptions, HeldUnits, UndoHolder } from "./undo-holder.ts";
import type { UndoableSet } from "./undoable-set.ts";

/** Where a holder's account is found. */
export interface Accounts {
  find(holder: KnownHolder): HolderAccount | undefined;
  /** Opens one if there is none. @throws SemaphoreError `ESRCH`, `ECANCELED` when the ledger is closed */
  open(holder: KnownHolder, set: Pick<UndoableSet, "id">): HolderAccount;
}

/** What a user has of a holder: its account comes and goes with what it holds. */
export class HolderHandle implements UndoHolder {
  readonly name: string;
  declare readonly process?: ProcessIdentity;
  readonly #holder: KnownHolder;
  readonly #accounts: Accounts;

  constructor(holder: KnownHolder, accounts: Accounts) {
    this.name = nameOf(holder);
    if (holder.kind === "process") this.process = holder.process;
    this.#holder = holder;
    this.#accounts = accounts;
  }

  held(): readonly HeldUnits[] {
    const sets = this.#accounts.find(this.#holder)?.held() ?? [];
    return sets.flatMap(([set, adjusts]) =>
      adjusts.map(([semaphore, adjust]) => ({ set, semaphore, adjust })),
    );
  }

  tryOperate(set: UndoableSet, steps: readonly SemaphoreStep[]): boolean {
    return this.#accounts.open(this.#holder, set).tryOperate(set, { steps, holds: 0 });
  }

  async operate(
    set: UndoableSet,
    steps: readonly SemaphoreStep[],
    options: Omit<OperateOptions, "undo"> = {},
  ): Promise<void> {
    await this.#accounts.open(this.#holder, set).operate(set, { steps, holds: 0 }, options);
  }

  async acquire(
    set: UndoableSet,
    semaphore: number,
    { units = 1, ...options }: AcquireForOptions = {},
  ): Promise<Hold> {
    checkUnits(units);
    const account = this.#accounts.open(this.#holder, set);
    const epoch = await account.operate(set, taking(semaphore, units), options);
    return new UndoHold(account, epoch, { set: set.id, semaphore, units });
  }

  tryAcquire(set: UndoableSet, semaphore: number, units = 1): Hold | undefined {
    checkUnits(units);
    const account = this.#accounts.open(this.#holder, set);
    if (!account.tryOperate(set, taking(semaphore, units))) return undefined;
    return new UndoHold(account, account.epoch, { set: set.id, semaphore, units });
  }

  release(): void {
    this.#accounts.find(this.#holder)?.release("release");
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

function taking(semaphore: number, units: number): Operation {
  return { steps: [{ semaphore, change: -units }], holds: 1 };
}

function checkUnits(units: number): void {
  if (Number.isInteger(units) && units >= 1 && units <= 32_767) return;
  throw new RangeError(`units must be a whole number from 1 to 32767, got ${units}`);
}
