import type { Figures } from "./figures.ts";

/** Where the time of a task went, in nanoseconds that add up to its `wallNs` exactly. */
export interface Shares {
  readonly onCpuNs: bigint;
  readonly waitCpuNs: bigint;
  readonly irqNs: bigint;
  readonly swapinNs: bigint;
  readonly thrashingNs: bigint;
  readonly blkioNs: bigint;
  readonly reclaimNs: bigint;
  readonly compactNs: bigint;
  readonly wpcopyNs: bigint;
  /** The rest: waiting for something that the kernel does not count, as for a timer, a pipe, a lock or a child. */
  readonly asleepNs: bigint;
}

/** Name of a share. */
export type ShareName = keyof Shares;

/** Shares of no time. */
export const NO_SHARES: Shares = {
  onCpuNs: 0n,
  waitCpuNs: 0n,
  irqNs: 0n,
  swapinNs: 0n,
  thrashingNs: 0n,
  blkioNs: 0n,
  reclaimNs: 0n,
  compactNs: 0n,
  wpcopyNs: 0n,
  asleepNs: 0n,
};

/** The names, in the order in which time is dealt out. */
export const SHARE_NAMES: readonly ShareName[] = Object.keys(NO_SHARES).filter(isShareName);

/** Shares, and what was counted more than once. */
export interface SharedOut {
  readonly shares: Shares;
  /** Nanoseconds by which the figures are more than the shares: they overlap. */
  readonly overlapNs: bigint;
}

/**
 * Deals the time of a task out, so that nothing counts twice. A figure takes what it says, as long as there is time left;
 * a figure that is absent takes nothing, and its time is in `asleepNs`.
 *
 * 1. `onCpuNs` and `waitCpuNs` exclude each other and come first, then `irqNs`.
 * 2. A wait for a page from swap is in `swapinNs`, in `thrashingNs` when the page had just been evicted, and in `blkioNs`.
 *    It counts as the first; of thrashing remains what is beyond swap, of block I/O what is beyond both.
 * 3. `reclaimNs`, `compactNs` and `wpcopyNs` are in part time on a CPU, and nobody knows in which: what does not fit into
 *    the time off the CPUs is overlap. So `asleepNs` may be too small, by as much as they took of it.
 */
export function shareOut(figures: Readonly<Figures>): SharedOut {
  if (figures.wallNs === undefined) return { shares: NO_SHARES, overlapNs: 0n };
  let left = figures.wallNs;
  let overlapNs = 0n;
  const take = (wanted: bigint | undefined = 0n, within = 0n): bigint => {
    const own = wanted > within ? wanted - within : 0n;
    const got = own < left ? own : left;
    left -= got;
    overlapNs += wanted - got;
    return got;
  };
  const onCpuNs = take(figures.onCpuNs);
  const waitCpuNs = take(figures.waitCpuNs);
  const irqNs = take(figures.irqNs);
  const swapinNs = take(figures.swapinNs);
  const thrashingNs = take(figures.thrashingNs, figures.swapinNs);
  const blkioNs = take(figures.blkioNs, swapinNs + thrashingNs);
  const reclaimNs = take(figures.reclaimNs);
  const compactNs = take(figures.compactNs);
  const wpcopyNs = take(figures.wpcopyNs);
  const waits = { irqNs, swapinNs, thrashingNs, blkioNs, reclaimNs, compactNs, wpcopyNs };
  return { shares: { onCpuNs, waitCpuNs, ...waits, asleepNs: left }, overlapNs };
}

/** Both together. */
export function addShares(a: Shares, b: Shares): Shares {
  const sum: { -readonly [name in ShareName]: bigint } = { ...a };
  for (const name of SHARE_NAMES) sum[name] += b[name];
  return sum;
}

function isShareName(name: string): name is ShareName {
  return Object.hasOwn(NO_SHARES, name);
}
