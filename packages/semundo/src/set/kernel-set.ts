import {
  changeSemaphoreOwner,
  removeSemaphores,
  semaphoreLastPid,
  semaphoreValue,
  semaphoreValues,
  semaphoreWaiters,
  semaphoreZeroWaiters,
  setSemaphoreValue,
} from "@task-watchers/linux";
import { checkSemaphore, checkSteps, checkUnits, checkValue, checkWait } from "./arguments.ts";
import { checkOwner, type OwnerChange } from "./owner.ts";
import { operateNow } from "./operate.ts";
import { sharedQueue } from "./shared-queue.ts";
import { readStat } from "./stat.ts";
import { onSet } from "./translate.ts";
import type {
  Hold,
  OperateOptions,
  SemaphoreInfo,
  SemaphoreSet,
  SemaphoreStat,
  SemaphoreStep,
  UndoOption,
} from "./types.ts";
import { UnitHold } from "./unit-hold.ts";
import { closed, waitInQueue, type WaitOwner } from "./wait.ts";
import type { WaitQueue } from "./wait-queue.ts";

/** A set of the kernel's. */
export class KernelSet implements SemaphoreSet, WaitOwner {
  readonly id: number;
  readonly count: number;
  readonly created: boolean;
  readonly #queue: WaitQueue;
  #closed = false;

  /** @param facts checked: the set is there and has that many */
  constructor(facts: { readonly id: number; readonly count: number; readonly created: boolean }) {
    this.id = facts.id;
    this.count = facts.count;
    this.created = facts.created;
    this.#queue = sharedQueue(facts.id);
  }

  get waiting(): number {
    return this.#queue.of(this);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  async operate(steps: readonly SemaphoreStep[], options: OperateOptions = {}): Promise<void> {
    checkSteps(steps, this);
    checkWait(options);
    // The caller may change its own while we wait.
    const own = steps.map(({ semaphore, change }) => ({ semaphore, change }));
    await waitInQueue(this.#queue, this, { ...options, steps: own, undo: options.undo ?? false });
  }

  tryOperate(steps: readonly SemaphoreStep[], options: UndoOption = {}): boolean {
    checkSteps(steps, this);
    return operateNow(this.id, steps, options.undo ?? false);
  }

  async acquire(semaphore: number, units = 1, options: OperateOptions = {}): Promise<Hold> {
    const undo = options.undo ?? true;
    this.#checkTake(semaphore, units);
    await this.operate([{ semaphore, change: -units }], { ...options, undo });
    return this.#hold(semaphore, units, undo);
  }

  tryAcquire(semaphore: number, units = 1, options: UndoOption = {}): Hold | undefined {
    const undo = options.undo ?? true;
    this.#checkTake(semaphore, units);
    const taken = this.tryOperate([{ semaphore, change: -units }], { undo });
    return taken ? this.#hold(semaphore, units, undo) : undefined;
  }

  value(semaphore: number): number {
    return this.#ask(semaphore, () => semaphoreValue(this.id, semaphore));
  }

  values(): number[] {
    return onSet({ set: this.id }, () => [...semaphoreValues(this.id, this.count)]);
  }

  info(semaphore: number): SemaphoreInfo {
    return this.#ask(semaphore, () => ({
      value: semaphoreValue(this.id, semaphore),
      lastPid: semaphoreLastPid(this.id, semaphore),
      waiting: semaphoreWaiters(this.id, semaphore),
      waitingForZero: semaphoreZeroWaiters(this.id, semaphore),
    }));
  }

  stat(): SemaphoreStat {
    return onSet({ set: this.id }, () => readStat(this.id));
  }

  setValue(semaphore: number, value: number): void {
    checkValue(value, this, semaphore);
    this.#ask(semaphore, () => setSemaphoreValue(this.id, semaphore, value));
  }

  setOwner(owner: OwnerChange): void {
    checkOwner(owner);
    onSet({ set: this.id }, () => {
      const { uid, gid, mode } = readStat(this.id);
      changeSemaphoreOwner(this.id, {
        uid: owner.uid ?? uid,
        gid: owner.gid ?? gid,
        mode: owner.mode ?? mode,
      });
    });
  }

  remove(): void {
    onSet({ set: this.id }, () => removeSemaphores(this.id));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#queue.close(this, () => closed(this.id));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #checkTake(semaphore: number, units: number): void {
    checkSemaphore(semaphore, this, "semop");
    checkUnits(units, this, semaphore);
  }

  #ask<T>(semaphore: number, call: () => T): T {
    checkSemaphore(semaphore, this, "semctl");
    return onSet({ set: this.id, semaphore }, call);
  }

  #hold(semaphore: number, units: number, undo: boolean): Hold {
    const { id } = this;
    const giveBack = (at: number, n: number, withUndo: boolean): void => {
      operateNow(id, [{ semaphore: at, change: n }], withUndo);
    };
    return new UnitHold({ id, giveBack }, semaphore, units, undo);
  }
}
