import type { Frame } from "../symbols/frame.ts";

/** Stacks told apart; a watch may go on for weeks. What comes after them is put together, and so are functions. */
const MOST_STACKS = 500_000;
const MOST_FRAMES = 500_000;

/** What stands for functions and stacks that are too many. */
const NOT_KEPT: Frame = {
  name: "[not kept]",
  module: "[unknown]",
  kind: "unknown",
  resolved: false,
};

/** How many are told apart. */
interface Most {
  readonly stacks: number;
  readonly frames: number;
}

/** Every function and every stack once. */
export class StackTable {
  readonly #most: Most;
  readonly #frames: Frame[] = [];
  readonly #frameIndex = new Map<string, number>();
  readonly #stacks: (readonly number[])[] = [];
  readonly #unresolved: number[] = [];
  readonly #stackIndex = new Map<string, number>();
  /** Times a stack or a function was not told apart any more. */
  dropped = 0;

  constructor(most: Most = { stacks: MOST_STACKS, frames: MOST_FRAMES }) {
    this.#most = most;
  }

  get frames(): readonly Frame[] {
    return this.#frames;
  }

  /** Each a list of frames' numbers, root first. */
  get stacks(): readonly (readonly number[])[] {
    return this.#stacks;
  }

  frame(frame: Frame): number {
    const { kind, module, name, symbol, file, line, column } = frame;
    const key = [kind, module, name, symbol, file, line, column].join("\0");
    const known = this.#frameIndex.get(key);
    if (known !== undefined) return known;
    if (this.#frames.length >= this.#most.frames && frame !== NOT_KEPT) {
      this.dropped++;
      return this.frame(NOT_KEPT);
    }
    return entered(this.#frameIndex, this.#frames, key, frame);
  }

  /** @param frames their numbers, root first */
  stack(frames: readonly number[]): number {
    const key = frames.join();
    const known = this.#stackIndex.get(key);
    if (known !== undefined) return known;
    if (this.#stacks.length >= this.#most.stacks) {
      this.dropped++;
      return this.sums();
    }
    return this.#enter(key, frames);
  }

  /** The number of the stack that is put together of those that are not kept. */
  sums(): number {
    const frame = this.frame(NOT_KEPT);
    return this.#stackIndex.get(String(frame)) ?? this.#enter(String(frame), [frame]);
  }

  /** Frames of a stack: in all, and without a name. */
  size(stack: number): { readonly frames: number; readonly unresolved: number } {
    return {
      frames: this.#stacks[stack]?.length ?? 0,
      unresolved: this.#unresolved[stack] ?? 0,
    };
  }

  /** The number of the function that runs; -1 for an empty stack. */
  leaf(stack: number): number {
    return this.#stacks[stack]?.at(-1) ?? -1;
  }

  #enter(key: string, frames: readonly number[]): number {
    const unresolved = frames.filter((frame) => this.#frames[frame]?.resolved !== true);
    this.#unresolved.push(unresolved.length);
    return entered(this.#stackIndex, this.#stacks, key, frames);
  }
}

function entered<T>(index: Map<string, number>, list: T[], key: string, value: T): number {
  list.push(value);
  index.set(key, list.length - 1);
  return list.length - 1;
}
