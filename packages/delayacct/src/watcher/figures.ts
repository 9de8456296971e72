/** How figures of two tasks become one of both. */
type Combine = "sum" | "max";

/** Every figure there is, in the order in which people read them, and how two of a kind are combined. */
export const FIGURES = {
  wallNs: "sum",
  onCpuNs: "sum",
  waitCpuNs: "sum",
  blkioNs: "sum",
  swapinNs: "sum",
  reclaimNs: "sum",
  thrashingNs: "sum",
  compactNs: "sum",
  wpcopyNs: "sum",
  irqNs: "sum",
  userNs: "sum",
  systemNs: "sum",
  peakRssBytes: "max",
  readBytes: "sum",
  writtenBytes: "sum",
  minorFaults: "sum",
  majorFaults: "sum",
  voluntarySwitches: "sum",
  involuntarySwitches: "sum",
} as const;

/** Name of a figure. */
export type FigureName = keyof typeof FIGURES;

/** The names, in order. */
export const FIGURE_NAMES: readonly FigureName[] = Object.keys(FIGURES).filter(isFigureName);

/**
 * What was counted of a task, as the kernel counted it; a figure that its source does not have is absent. `Ns` are
 * nanoseconds. The waits may overlap each other and the time on a CPU: only shares add up.
 */
export interface Figures {
  /** From the start of the task to its end, or to the look at it; of several threads the sum of theirs. */
  wallNs?: bigint;
  /** Running on a CPU, as the scheduler measures it. */
  onCpuNs?: bigint;
  /** Runnable, and waiting for a CPU. */
  waitCpuNs?: bigint;
  /** Waiting for block I/O; contains most of `swapinNs` and `thrashingNs`. */
  blkioNs?: bigint;
  /** In page faults that read from swap, the wait for the read included. */
  swapinNs?: bigint;
  /** In direct reclaim: freeing memory of others before it got its own. Partly on a CPU. */
  reclaimNs?: bigint;
  /** Waiting for pages that had been evicted a moment before. */
  thrashingNs?: bigint;
  /** In direct compaction, mostly on a CPU. */
  compactNs?: bigint;
  /** Copying pages on the first write after a fork, mostly on a CPU. */
  wpcopyNs?: bigint;
  /** Kept from running by interrupts; 0 without CONFIG_IRQ_TIME_ACCOUNTING. */
  irqNs?: bigint;
  /** CPU time in the program and in the kernel, by the kernel's tick: coarser than `onCpuNs`. */
  userNs?: bigint;
  systemNs?: bigint;
  /** Most memory resident at once, bytes; of several tasks the largest of theirs. */
  peakRssBytes?: bigint;
  /** Bytes read from, and written towards, storage; not what the page cache answered. */
  readBytes?: bigint;
  writtenBytes?: bigint;
  /** Page faults without and with I/O. */
  minorFaults?: bigint;
  majorFaults?: bigint;
  /** Times it gave up the CPU, and times it was taken away. */
  voluntarySwitches?: bigint;
  involuntarySwitches?: bigint;
}

/** Both together; what only one has is taken from it. */
export function addFigures(a: Readonly<Figures>, b: Readonly<Figures>): Figures {
  const sum: Figures = {};
  for (const name of FIGURE_NAMES) {
    const [left, right] = [a[name], b[name]];
    const both = combine(FIGURES[name], left, right);
    if (both !== undefined) sum[name] = both;
  }
  return sum;
}

/** Whether a text names a figure. */
export function isFigureName(name: string): name is FigureName {
  return Object.hasOwn(FIGURES, name);
}

function combine(how: Combine, a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (how === "sum") return a + b;
  return a > b ? a : b;
}
