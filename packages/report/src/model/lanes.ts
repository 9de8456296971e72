import type { PathTask } from "./critical-path.ts";

/** What decides where bars go. */
export interface LaneOptions {
  /** Whether what descends from a task is packed into as few lanes as it needs, instead of a lane each. */
  isPacked(index: number): boolean;
  /** Whether a task has a bar (default all). A task that has none has no lane either; its children keep theirs. */
  isShown?(index: number): boolean;
}

/** A lane that is one task's own. */
export interface LaneHead {
  readonly row: number;
  readonly index: number;
  /** Generations above it that have lanes of their own. */
  readonly depth: number;
  /** Lanes of what is packed below it; 0 when nothing is. */
  readonly packedRows: number;
}

/** Where the bars of a timeline go. */
export interface Lanes {
  readonly rows: number;
  /** Lane of each task; -1 for those that are not shown. */
  readonly rowOf: Int32Array;
  /** Tasks of each lane, by their start. */
  readonly bars: readonly (readonly number[])[];
  /** From top to bottom. */
  readonly heads: readonly LaneHead[];
}

/** Lanes looked at for one that is free; where there are more at once, bars cover each other. */
const MAX_SEARCH = 512;

/** Gives every task a lane: parents above children, tasks of one parent in the order of their start. */
export function layLanes(tasks: readonly PathTask[], options: LaneOptions): Lanes {
  const tree = new Tree(tasks, options.isShown);
  const rowOf = new Int32Array(tasks.length).fill(-1);
  const heads: LaneHead[] = [];
  let rows = 0;
  const stack = tree.roots.toReversed().map((index) => ({ index, depth: 0 }));
  for (let here = stack.pop(); here !== undefined; here = stack.pop()) {
    const { index, depth } = here;
    const isPacked = options.isPacked(index) && tree.childrenOf(index).length > 0;
    const height = isPacked ? tree.pack(index, rows, rowOf) : 1;
    rowOf[index] = rows;
    heads.push({ row: rows, index, depth, packedRows: height - 1 });
    rows += height;
    if (isPacked) continue;
    for (const child of tree.childrenOf(index).toReversed()) {
      stack.push({ index: child, depth: depth + 1 });
    }
  }
  return { rows, rowOf, bars: barsOf(tasks, rowOf, rows), heads };
}

function barsOf(tasks: readonly PathTask[], rowOf: Int32Array, rows: number): number[][] {
  const bars: number[][] = Array.from({ length: rows }, () => []);
  rowOf.forEach((row, index) => bars[row]?.push(index));
  const startOf = (index: number): number => tasks[index]?.startNs ?? 0;
  for (const bar of bars) bar.sort((a, b) => startOf(a) - startOf(b));
  return bars;
}

const NONE: readonly number[] = [];

/** Parents and children among the tasks that are shown. */
class Tree {
  readonly roots: number[] = [];
  readonly #tasks: readonly PathTask[];
  readonly #children = new Map<number, number[]>();

  constructor(tasks: readonly PathTask[], isShown: (index: number) => boolean = () => true) {
    this.#tasks = tasks;
    const shownAbove = (index: number): number => {
      let above = tasks[index]?.parent ?? -1;
      while (above >= 0 && !isShown(above)) above = tasks[above]?.parent ?? -1;
      return above;
    };
    for (const { index } of tasks) {
      if (!isShown(index)) continue;
      const parent = shownAbove(index);
      const siblings = parent < 0 ? this.roots : this.#children.get(parent);
      if (siblings) siblings.push(index);
      else this.#children.set(parent, [index]);
    }
    const byStart = (a: number, b: number): number => this.#start(a) - this.#start(b) || a - b;
    this.roots.sort(byStart);
    for (const siblings of this.#children.values()) siblings.sort(byStart);
  }

  childrenOf(index: number): readonly number[] {
    return this.#children.get(index) ?? NONE;
  }

  /** Puts all that descends from a task into lanes below its own; how many lanes that makes, its own included. */
  pack(root: number, firstRow: number, rowOf: Int32Array): number {
    const family = this.#family(root);
    const blocks = new Map<number, Block>();
    // Children before their parents.
    for (const index of family.toReversed()) {
      blocks.set(index, this.#block(index, blocks));
    }
    rowOf[root] = firstRow;
    for (const index of family) {
      const offset = blocks.get(index)?.offset ?? 0;
      const parent = index === root ? undefined : this.#parentIn(index, blocks);
      if (parent !== undefined) rowOf[index] = (rowOf[parent] ?? 0) + offset;
    }
    return blocks.get(root)?.height ?? 1;
  }

  /** A task and what descends from it, parents first. */
  #family(root: number): number[] {
    const family: number[] = [root];
    for (let i = 0; i < family.length; i++) {
      for (const child of this.childrenOf(family[i] ?? root)) family.push(child);
    }
    return family;
  }

  #parentIn(index: number, blocks: ReadonlyMap<number, Block>): number | undefined {
    let above = this.#tasks[index]?.parent ?? -1;
    while (above >= 0 && !blocks.has(above)) above = this.#tasks[above]?.parent ?? -1;
    return above < 0 ? undefined : above;
  }

  /** Lays a task's children, whose own blocks are laid already, into the first lanes that are free. */
  #block(index: number, blocks: ReadonlyMap<number, Block>): Block {
    let [startNs, endNs] = [this.#start(index), this.#tasks[index]?.endNs ?? 0];
    const [only, second] = this.childrenOf(index).map((child) => blocks.get(child));
    if (only && !second) {
      // Generations of one child each would be copied from one to the next.
      only.offset = 1;
      const times = {
        startNs: Math.min(startNs, only.startNs),
        endNs: Math.max(endNs, only.endNs),
      };
      return { ...times, height: only.height + 1, offset: 0 };
    }
    /** When each lane below the task's own is free again. */
    const freeNs: number[] = [];
    for (const child of this.childrenOf(index)) {
      const block = blocks.get(child);
      if (block === undefined) continue;
      const row = freeRow(freeNs, block);
      for (let i = 0; i < block.height; i++) {
        freeNs[row + i] = Math.max(freeNs[row + i] ?? 0, block.endNs);
      }
      block.offset = row + 1;
      startNs = Math.min(startNs, block.startNs);
      endNs = Math.max(endNs, block.endNs);
    }
    return { startNs, endNs, height: freeNs.length + 1, offset: 0 };
  }

  #start(index: number): number {
    return this.#tasks[index]?.startNs ?? 0;
  }
}

/** A task and what descends from it, as one piece. */
interface Block {
  readonly startNs: number;
  readonly endNs: number;
  readonly height: number;
  /** Lanes below its parent's. */
  offset: number;
}

function freeRow(freeNs: readonly number[], { startNs, height }: Block): number {
  let row = 0;
  for (let i = 0; i < height && row + i < freeNs.length; i++) {
    if ((freeNs[row + i] ?? 0) <= startNs) continue;
    row += i + 1;
    i = -1;
    if (row > MAX_SEARCH) return Math.max(0, MAX_SEARCH - height);
  }
  return row;
}
