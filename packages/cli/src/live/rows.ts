import type { LiveTask } from "./live-tasks.ts";
import type { Snapshot, SnapshotTask } from "./snapshot.ts";
import type { Sort, ViewState } from "./view-state.ts";

/** Columns that the lines of the tree take at most. */
const DEEPEST = 60;

/** Children that ended just now and are shown below one parent. */
const ENDED_CHILDREN = 3;

/** A line of the picture. */
export interface Row extends SnapshotTask {
  /** What stands before the command: lines of the tree. */
  readonly branch: string;
  /** Descendants that are folded away; the figures are sums over them and itself. */
  readonly hidden: number;
  /** It is there for the sake of its descendants: the filter did not find it, or it ended long ago. */
  readonly isContext: boolean;
}

/** The rows that a view has of a snapshot, in order. */
export function rowsOf({ tasks }: Snapshot, state: ViewState): Row[] {
  const wanted = tasks.filter((task) => isWanted(task, state));
  if (!state.isTree) return sorted(wanted, state).map((task) => rowOf(task));
  const few = state.showsEnded ? wanted : withFewEnded(wanted);
  return new Tree(tasks, few, state).rows();
}

/** A parent of many short tasks would push all others off the screen: of its children that ended, the latest. */
function withFewEnded(tasks: readonly SnapshotTask[]): SnapshotTask[] {
  const ended = new Map<LiveTask | undefined, number>();
  const kept: SnapshotTask[] = [];
  // Tasks come in the order of their beginning.
  for (const task of tasks.toReversed()) {
    if (task.isEnded) {
      const before = ended.get(task.parent) ?? 0;
      ended.set(task.parent, before + 1);
      if (before >= ENDED_CHILDREN) continue;
    }
    kept.push(task);
  }
  return kept.toReversed();
}

function isWanted(task: SnapshotTask, { showsEnded, filter }: ViewState): boolean {
  if (!showsEnded && !task.isCurrent) return false;
  if (filter === "") return true;
  const text = `${task.task.pid} ${task.command}`.toLowerCase();
  return text.includes(filter.toLowerCase());
}

/** The wanted tasks and their ancestors. */
class Tree {
  readonly #state: ViewState;
  readonly #wanted: ReadonlySet<LiveTask>;
  readonly #byTask: ReadonlyMap<LiveTask, SnapshotTask>;
  readonly #children = new Map<LiveTask | undefined, SnapshotTask[]>();
  readonly #sums = new Map<LiveTask, SnapshotTask & { readonly below: number }>();

  constructor(tasks: readonly SnapshotTask[], wanted: readonly SnapshotTask[], state: ViewState) {
    this.#state = state;
    this.#wanted = new Set(wanted.map(({ task }) => task));
    this.#byTask = new Map(tasks.map((task) => [task.task, task]));
    const placed = new Set<LiveTask>();
    for (const one of wanted) this.#place(one, placed);
    this.#addUp();
  }

  rows(): Row[] {
    const rows: Row[] = [];
    const stack = this.#ordered(undefined)
      .map((task) => ({ task, branch: "", below: "" }))
      .toReversed();
    for (let here = stack.pop(); here; here = stack.pop()) {
      const { task, branch, below } = here;
      const children = this.#ordered(task.task);
      const isContext = !this.#wanted.has(task.task);
      const sum = this.#sums.get(task.task);
      if (sum && children.length > 0 && this.#state.folded.has(task.task.id)) {
        rows.push({ ...sum, branch, hidden: sum.below, isContext });
        continue;
      }
      rows.push({ ...task, branch, hidden: 0, isContext });
      // Deeper than this nobody sees the lines.
      const [line, gap] = below.length >= DEEPEST ? ["", ""] : ["│  ", "   "];
      for (const [i, child] of children.toReversed().entries()) {
        const own = below + (i === 0 ? "└─ " : "├─ ");
        stack.push({ task: child, branch: own, below: below + (i === 0 ? gap : line) });
      }
    }
    return rows;
  }

  #place(task: SnapshotTask, placed: Set<LiveTask>): void {
    for (let here: SnapshotTask | undefined = task; here && !placed.has(here.task);) {
      placed.add(here.task);
      const parent: SnapshotTask | undefined = here.parent && this.#byTask.get(here.parent);
      const siblings = this.#children.get(parent?.task);
      if (siblings) siblings.push(here);
      else this.#children.set(parent?.task, [here]);
      here = parent;
    }
  }

  /** By what each and its descendants have together. */
  #ordered(parent: LiveTask | undefined): SnapshotTask[] {
    const children = this.#children.get(parent) ?? [];
    const sums = sorted(
      children.flatMap(({ task }) => this.#sums.get(task) ?? []),
      this.#state,
    );
    return sums.flatMap(({ task }) => this.#byTask.get(task) ?? []);
  }

  /** Sums from the leaves up, without recursion: a chain of processes can be as deep as there are pids. */
  #addUp(): void {
    const order: SnapshotTask[] = [...(this.#children.get(undefined) ?? [])];
    for (const task of order) order.push(...(this.#children.get(task.task) ?? []));
    for (const task of order.toReversed()) {
      let { cpu, wait, ioBytesPerSecond, execs } = task;
      let below = 0;
      for (const child of this.#children.get(task.task) ?? []) {
        const sum = this.#sums.get(child.task);
        cpu = plus(cpu, sum?.cpu);
        wait = plus(wait, sum?.wait);
        ioBytesPerSecond = plus(ioBytesPerSecond, sum?.ioBytesPerSecond);
        execs += sum?.execs ?? 0;
        below += (sum?.below ?? 0) + 1;
      }
      this.#sums.set(task.task, { ...task, cpu, wait, ioBytesPerSecond, execs, below });
    }
  }
}

function plus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0);
}

function rowOf(task: SnapshotTask): Row {
  return { ...task, branch: "", hidden: 0, isContext: false };
}

const FIGURES: Readonly<Record<Sort, (task: SnapshotTask) => number>> = {
  cpu: ({ cpu }) => cpu ?? -1,
  wait: ({ wait }) => wait ?? -1,
  io: ({ ioBytesPerSecond }) => ioBytesPerSecond ?? -1,
  age: ({ ageNs }) => Number(ageNs),
  execs: ({ execs }) => execs,
};

/** The greatest first; those that live before those that ended; what is equal in the order of its beginning. */
function sorted<T extends SnapshotTask>(tasks: readonly T[], { sort, isReversed }: ViewState): T[] {
  const figure = FIGURES[sort];
  const sign = isReversed ? -1 : 1;
  return tasks
    .map((task) => ({ task, value: figure(task) * sign }))
    .sort(
      (a, b) =>
        Number(a.task.isEnded) - Number(b.task.isEnded) ||
        b.value - a.value ||
        Number(a.task.task.startNs - b.task.task.startNs),
    )
    .map(({ task }) => task);
}
