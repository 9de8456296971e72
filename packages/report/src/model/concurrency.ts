import type { PathTask } from "./critical-path.ts";

/** How many tasks there were at once, from each moment on at which that changed. */
export interface Concurrency {
  readonly timesNs: readonly number[];
  /** Tasks alive. */
  readonly alive: readonly number[];
  /** Those that had no child alive: about what could work. */
  readonly leaves: readonly number[];
}

/** Counts tasks; one of no length counts for the moment. */
export function concurrency(tasks: readonly PathTask[]): Concurrency {
  /** Twice the task, and one more when it begins: at one time, ends come before beginnings. */
  const events = new Float64Array(tasks.length * 2);
  const order = new Uint32Array(tasks.length * 2);
  tasks.forEach((task, i) => {
    events[2 * i] = Math.max(task.endNs, task.startNs + 1);
    events[2 * i + 1] = task.startNs;
    order[2 * i] = 2 * i;
    order[2 * i + 1] = 2 * i + 1;
  });
  order.sort((a, b) => (events[a] ?? 0) - (events[b] ?? 0) || (a & 1) - (b & 1));
  const live = new Int32Array(tasks.length);
  const isAlive = new Uint8Array(tasks.length);
  const timesNs: number[] = [];
  const alive: number[] = [];
  const leaves: number[] = [];
  let [count, leafCount] = [0, 0];
  for (const event of order) {
    const i = event >> 1;
    const step = event & 1 ? 1 : -1;
    const parent = tasks[i]?.parent ?? -1;
    isAlive[i] = step === 1 ? 1 : 0;
    count += step;
    if ((live[i] ?? 0) === 0) leafCount += step;
    if (parent >= 0) {
      const before = live[parent] ?? 0;
      live[parent] = before + step;
      const wasLeaf = before === 0;
      if (isAlive[parent] === 1 && wasLeaf !== (before + step === 0)) leafCount -= step;
    }
    const timeNs = events[event] ?? 0;
    if (timesNs.at(-1) === timeNs) {
      alive[alive.length - 1] = count;
      leaves[leaves.length - 1] = leafCount;
    } else {
      timesNs.push(timeNs);
      alive.push(count);
      leaves.push(leafCount);
    }
  }
  return { timesNs, alive, leaves };
}
