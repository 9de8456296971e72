import type { DelayFigures } from "./trace-model.ts";

/** Where a task's time went, as a bar shows it, in that order. */
export const SHARES = ["onCpu", "waitCpu", "io", "memory", "asleep"] as const;

/** A kind of time; every nanosecond of a task is of one kind, though the kernel counts some as several. */
export type ShareName = (typeof SHARES)[number];

/**
 * Nanoseconds that add up to the thread time of the task. `io` is block I/O and waits for evicted pages, `memory` direct
 * reclaim, compaction and copying on write, `onCpu` has interrupts; `asleep` is the rest, and what is not counted.
 */
export type Shares = Readonly<Record<ShareName, number>>;

/** Deals the time out once, in the order of `@task-watchers/delayacct`; undefined when the whole is not known. */
export function shareOut(figures: DelayFigures): Shares | undefined {
  const { wallNs, swapinNs = 0, thrashingNs = 0, blkioNs = 0 } = figures;
  if (wallNs === undefined) return undefined;
  let left = wallNs;
  const take = (wanted: number): number => {
    const got = Math.min(Math.max(wanted, 0), left);
    left -= got;
    return got;
  };
  const running = take(figures.onCpuNs ?? 0);
  const waitCpu = take(figures.waitCpuNs ?? 0);
  const onCpu = running + take(figures.irqNs ?? 0);
  // Block I/O contains most of swap-in and thrashing.
  const io = take(Math.max(blkioNs, swapinNs, thrashingNs));
  const memory = take(
    (figures.reclaimNs ?? 0) + (figures.compactNs ?? 0) + (figures.wpcopyNs ?? 0),
  );
  return { onCpu, waitCpu, io, memory, asleep: left };
}
