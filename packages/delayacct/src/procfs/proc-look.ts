import { readdirSync } from "node:fs";
import { isUnavailable, TICK_NS, type Unavailable } from "@task-watchers/linux/procfs";
import type { Figures } from "../watcher/figures.ts";
import {
  parseIo,
  parseSchedstat,
  parseStatFigures,
  parseStatusFigures,
  type StatFigures,
} from "./proc-figures.ts";
import { readProcFile } from "./proc-file.ts";

/** A look at a process in /proc. */
export interface ProcLook {
  readonly pid: number;
  /** Start time, ticks of 1/100 s since boot: with the pid it names the process. */
  readonly startTicks: number;
  /** It has ended, and its parent has not asked for its status yet. */
  readonly isZombie: boolean;
  /** What the kernel keeps for the process as a whole, dead threads included. */
  readonly process: Readonly<Figures>;
  /** What it keeps by thread, of those alive. */
  readonly threads: ReadonlyMap<number, Readonly<Figures>>;
  /** Of those, the ones that have ended: the first thread stays until all have. */
  readonly zombies: ReadonlySet<number>;
  /** Threads left out, as there are too many to look at. */
  readonly threadsLeftOut: number;
  /** Why figures are absent, by name. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** How to look. */
export interface LookOptions {
  /** Where /proc is mounted (default `/proc`). */
  readonly root?: string;
  /** Time since boot (CLOCK_BOOTTIME), nanoseconds. */
  readonly nowBootNs: bigint;
  /** Look at each thread, too (default true). */
  readonly threads?: boolean;
}

/** Threads looked at, at most: a look must stay short. */
const THREADS = 64;

/** Looks at a process; needs no privilege, but for the bytes another user's process has read and written. */
export function lookAt(pid: number, options: LookOptions): ProcLook | Unavailable {
  const { root = "/proc" } = options;
  const base = `${root}/${pid}`;
  const stat = parseStatFigures(readProcFile(`${base}/stat`));
  if (isUnavailable(stat)) return stat;
  const { blkioNs: _leaders, ...whole } = stat.figures;
  const reasons: Record<string, string> = {};
  const isZombie = hasEnded(stat);
  const have = (figures: Figures | Unavailable, ...names: string[]): Figures => {
    if (!isUnavailable(figures)) return figures;
    // Nobody may read of one that has ended, whatever the error says.
    for (const name of names) reasons[name] = isZombie ? "ended" : figures.missing;
    return {};
  };
  const status = parseStatusFigures(readProcFile(`${base}/status`));
  const { peakRssBytes } = have(status, "peakRssBytes");
  if (peakRssBytes === undefined && isZombie) reasons["peakRssBytes"] = "ended";
  const io = have(parseIo(readProcFile(`${base}/io`)), "readBytes", "writtenBytes");
  const all = stat.numThreads > 1 ? tidsOf(base) : [pid];
  const tids = options.threads === false ? [] : all;
  const threads = new Map<number, Figures>();
  const zombies = new Set<number>();
  for (const tid of tids.slice(0, THREADS)) {
    const one = lookAtThread(`${base}/task/${tid}`, options.nowBootNs);
    if (one === undefined) continue;
    threads.set(tid, one.figures);
    if (one.isZombie) zombies.add(tid);
  }
  return {
    pid,
    startTicks: stat.startTicks,
    isZombie,
    process: { ...whole, ...(peakRssBytes !== undefined && { peakRssBytes }), ...io },
    threads,
    zombies,
    threadsLeftOut: Math.max(0, tids.length - THREADS),
    reasons,
  };
}

function hasEnded({ state }: StatFigures): boolean {
  return state === "Z" || state === "X";
}

interface ThreadLook {
  readonly figures: Figures;
  readonly isZombie: boolean;
}

function lookAtThread(base: string, nowBootNs: bigint): ThreadLook | undefined {
  const stat = parseStatFigures(readProcFile(`${base}/stat`));
  const schedstat = parseSchedstat(readProcFile(`${base}/schedstat`));
  if (isUnavailable(stat) || isUnavailable(schedstat)) return undefined;
  const status = parseStatusFigures(readProcFile(`${base}/status`));
  const { voluntarySwitches, involuntarySwitches } = isUnavailable(status) ? {} : status;
  const figures = {
    wallNs: wallOf(stat, nowBootNs),
    ...schedstat,
    ...(stat.figures.blkioNs !== undefined && { blkioNs: stat.figures.blkioNs }),
    ...(voluntarySwitches !== undefined && { voluntarySwitches }),
    ...(involuntarySwitches !== undefined && { involuntarySwitches }),
  };
  return { figures, isZombie: hasEnded(stat) };
}

function wallOf({ startTicks }: StatFigures, nowBootNs: bigint): bigint {
  const wallNs = nowBootNs - BigInt(startTicks) * TICK_NS;
  return wallNs > 0n ? wallNs : 0n;
}

function tidsOf(base: string): number[] {
  try {
    return readdirSync(`${base}/task`).map(Number);
  } catch {
    // Gone since.
    return [];
  }
}
