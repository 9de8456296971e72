import { SemaphoreError } from "../set/semaphore-error.ts";
import type { OperateOptions } from "../set/types.ts";
import type { EndWatch } from "./holder-end.ts";
import type { KnownHolder } from "./holder-target.ts";
import type { LedgerParts } from "./ledger-parts.ts";
import type { UndoKernel, UndoStep } from "./undo-kernel.ts";
import type { UndoableSet } from "./undoable-set.ts";

const [EAGAIN, EINVAL, ERANGE] = [11, 22, 34];

/** semop(2) on sets in memory, with the record of undo the kernel has of one process. */
export class FakeKernel implements UndoKernel {
  readonly sets = new Map<number, { values: number[]; record: number[] }>();
  /** Called before every operation: others come between. */
  between: () => void = () => {};
  operations = 0;

  make(id: number, values: readonly number[]): void {
    this.sets.set(id, { values: [...values], record: values.map(() => 0) });
  }

  value(id: number, semaphore: number): number {
    return this.#set(id).values[semaphore] ?? 0;
  }

  tryOperate(id: number, steps: readonly UndoStep[]): boolean {
    this.between();
    this.operations++;
    const set = this.#set(id);
    const [values, record] = [[...set.values], [...set.record]];
    for (const { semaphore, change, undo } of steps) {
      const value = (values[semaphore] ?? 0) + change;
      if (change === 0 && value !== 0) return false;
      if (change < -32_768 || change > 32_767) throw new Error(`${change} has more than 16 bits`);
      if (value < 0) return false;
      if (value > 32_767) throw new SemaphoreError("semop", ERANGE);
      values[semaphore] = value;
      if (!undo) continue;
      const adjust = (record[semaphore] ?? 0) - change;
      if (adjust < -32_768 || adjust > 32_767) throw new SemaphoreError("semop", ERANGE);
      record[semaphore] = adjust;
    }
    Object.assign(set, { values, record });
    return true;
  }

  #set(id: number): { values: number[]; record: number[] } {
    const set = this.sets.get(id);
    if (set === undefined) throw new SemaphoreError("semop", EINVAL, { set: id });
    return set;
  }
}

/** A set object on it. Waits end when `retry` is called. */
export class FakeSet implements UndoableSet {
  readonly id: number;
  readonly #kernel: FakeKernel;
  readonly #waits = new Set<() => void>();

  constructor(kernel: FakeKernel, id: number) {
    this.#kernel = kernel;
    this.id = id;
  }

  tryOperate: UndoableSet["tryOperate"] = (steps, { undo = false } = {}) =>
    this.#kernel.tryOperate(
      this.id,
      steps.map((step) => ({ ...step, undo })),
    );

  operate: UndoableSet["operate"] = async (steps, options: OperateOptions = {}) => {
    if (options.timeoutMs === 0 && !this.tryOperate(steps, options)) {
      throw new SemaphoreError("semop", EAGAIN);
    }
    await new Promise<void>((resolve, reject) => {
      const attempt = (): void => {
        if (!this.tryOperate(steps, options)) return;
        this.#waits.delete(attempt);
        resolve();
      };
      this.#waits.add(attempt);
      options.signal?.addEventListener("abort", () => {
        if (this.#waits.delete(attempt)) reject(new Error("aborted"));
      });
      attempt();
    });
  };

  retry(): void {
    for (const attempt of Array.from(this.#waits)) attempt();
  }
}

/** Holders that end when told. */
export class FakeHolders {
  readonly watched = new Map<unknown, () => void>();
  readonly dead = new Set<number>();
  /** Watches made and not closed. */
  open = 0;

  watchEnd = (holder: KnownHolder, onEnd: () => void): EndWatch => {
    this.watched.set(holder.key, onEnd);
    this.open++;
    let closed = false;
    return {
      ref() {},
      unref() {},
      close: () => {
        if (!closed) this.open--;
        closed = true;
      },
    };
  };

  end(key: unknown): void {
    this.watched.get(key)?.();
  }

  parts(kernel: UndoKernel): LedgerParts {
    return {
      kernel,
      watchEnd: this.watchEnd,
      isAlive: ({ pid }) => !this.dead.has(pid),
      now: () => 7n,
    };
  }
}
