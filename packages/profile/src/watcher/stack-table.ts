import type { Frame } from "../symbols/frame.ts";

/** Every function and every stack once. */
export class StackTable {
  readonly #frames: Frame[] = [];
  readonly #frameIndex = new Map<string, number>();
  readonly #stacks: (readonly number[])[] = [];
  readonly #unresolved: number[] = [];
  readonly #stackIndex = new Map<string, number>();

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
    return indexOf(this.#frameIndex, this.#frames, key, frame);
  }

  /** @param frames their numbers, root first */
  stack(frames: readonly number[]): number {
    const stack = indexOf(this.#stackIndex, this.#stacks, frames.join(), frames);
    if (this.#unresolved[stack] === undefined) {
      const unresolved = frames.filter((frame) => this.#frames[frame]?.resolved !== true);
      this.#unresolved[stack] = unresolved.length;
    }
    return stack;
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
}

function indexOf<T>(index: Map<string, number>, list: T[], key: string, value: T): number {
  const known = index.get(key);
  if (known !== undefined) return known;
  list.push(value);
  index.set(key, list.length - 1);
  return list.length - 1;
}
