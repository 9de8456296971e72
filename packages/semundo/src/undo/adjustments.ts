import type { SemaphoreStep } from "../set/types.ts";
import { LARGEST_ADJUST, SMALLEST_ADJUST } from "./undo-kernel.ts";

/** What some steps do to the record of undo of each semaphore: all in all, and at the extremes on the way. */
export type Effects = ReadonlyMap<number, Effect>;

interface Effect {
  readonly net: number;
  readonly lowest: number;
  readonly highest: number;
}

interface Reserved {
  lowest: number;
  highest: number;
}

/** What to add to each semaphore of one set when a holder ends: the kernel's `semadj`, kept for it. */
export class Adjustments {
  readonly #adjusts = new Map<number, number>();
  /** What operations under way may come to. */
  readonly #reserved = new Map<number, Reserved>();

  /** The semaphores with something to give back, in the order in which the kernel goes through them. */
  entries(): [semaphore: number, adjust: number][] {
    return Array.from(this.#adjusts).sort(([a], [b]) => a - b);
  }

  get isEmpty(): boolean {
    return this.#adjusts.size === 0;
  }

  get(semaphore: number): number {
    return this.#adjusts.get(semaphore) ?? 0;
  }

  /** The first semaphore whose record the kernel would refuse to let grow so far; undefined when there is none. */
  tooFar(effects: Effects): number | undefined {
    for (const [semaphore, { lowest, highest }] of effects) {
      const now = this.get(semaphore);
      const reserved = this.#reserved.get(semaphore);
      if (now + (reserved?.highest ?? 0) + highest > LARGEST_ADJUST) return semaphore;
      if (now + (reserved?.lowest ?? 0) + lowest < SMALLEST_ADJUST) return semaphore;
    }
    return undefined;
  }

  reserve(effects: Effects): void {
    this.#shift(effects, 1);
  }

  unreserve(effects: Effects): void {
    this.#shift(effects, -1);
  }

  add(effects: Effects): void {
    for (const [semaphore, { net }] of effects) this.set(semaphore, this.get(semaphore) + net);
  }

  set(semaphore: number, adjust: number): void {
    if (adjust === 0) this.#adjusts.delete(semaphore);
    else this.#adjusts.set(semaphore, adjust);
  }

  clear(): void {
    this.#adjusts.clear();
  }

  #shift(effects: Effects, sign: 1 | -1): void {
    for (const [semaphore, { lowest, highest }] of effects) {
      const { lowest: low, highest: high } = this.#reserved.get(semaphore) ?? NOTHING;
      const shifted = { lowest: low + sign * lowest, highest: high + sign * highest };
      if (shifted.lowest === 0 && shifted.highest === 0) this.#reserved.delete(semaphore);
      else this.#reserved.set(semaphore, shifted);
    }
  }
}

const NOTHING: Reserved = { lowest: 0, highest: 0 };

/** What these steps do to a record of undo, evaluated one after another as the kernel does. */
export function effectsOf(steps: readonly SemaphoreStep[]): Effects {
  const effects = new Map<number, Effect>();
  for (const { semaphore, change } of steps) {
    if (change === 0) continue;
    const { net, lowest, highest } = effects.get(semaphore) ?? { net: 0, lowest: 0, highest: 0 };
    const next = net - change;
    effects.set(semaphore, {
      net: next,
      lowest: Math.min(lowest, next),
      highest: Math.max(highest, next),
    });
  }
  return effects;
}
