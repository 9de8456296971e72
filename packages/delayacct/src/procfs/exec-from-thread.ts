import type { FigureName, Figures } from "../watcher/figures.ts";
import type { ProcLook } from "./proc-look.ts";

/** What was known of a process before a look. */
export interface KnownThreads {
  readonly pid: number;
  readonly threads: ReadonlyMap<number, Readonly<Figures>>;
  /** Those that have ended, and are still there. */
  readonly zombies: ReadonlySet<number>;
  /** CPU time of threads that were gone before, nanoseconds. */
  readonly goneNs: bigint;
}

/** A thread that has become the first one. */
export interface Replaced {
  /** Its id until then. */
  readonly tid: number;
  /** What the first thread had taken until it was gone. */
  readonly leader: Readonly<Figures>;
}

/** These never get less. */
const GROWING: readonly FigureName[] = [
  "onCpuNs",
  "waitCpuNs",
  "voluntarySwitches",
  "involuntarySwitches",
];

/**
 * Finds out whether another thread has run a program: it takes over the id of the first one, which is gone with all others
 * (man 2 execve). /proc does not say so. But a first thread whose figures got less, or that had ended and lives, is another;
 * and where it may be either, the process's own sum of CPU time, dead threads included, decides.
 *
 * @returns undefined when the first thread is the one it was
 */
export function leaderBeforeExec(known: KnownThreads, look: ProcLook): Replaced | undefined {
  const [before, now] = [known.threads.get(known.pid), look.threads.get(known.pid)];
  if (before === undefined || now === undefined || look.threadsLeftOut > 0) return undefined;
  const gone = [...known.threads].filter(([tid]) => !look.threads.has(tid));
  const mayBe = gone.filter(([, figures]) => hasGrown(figures, now));
  const isRevived = known.zombies.has(known.pid) && !look.zombies.has(known.pid);
  const isOther = isRevived || !hasGrown(before, now);
  const [first, ...rest] = mayBe;
  if (first === undefined) return undefined;
  // What the new one has taken since is least for the one it was.
  const [tid, figures] = rest.reduce((a, b) => (onCpu(b[1]) > onCpu(a[1]) ? b : a), first);
  if (!isOther && !isCountedTwice(known, look, { tid, before })) return undefined;
  // It has the first one's start, too: the time before its own is the first one's.
  const { wallNs } = figures;
  return { tid, leader: { ...before, ...(wallNs !== undefined && { wallNs }) } };
}

/** By the process's own sum, it is nearer to the truth that the first thread was replaced. */
function isCountedTwice(
  { pid, threads, goneNs }: KnownThreads,
  look: ProcLook,
  { tid, before }: { readonly tid: number; readonly before: Readonly<Figures> },
): boolean {
  const { userNs = 0n, systemNs = 0n } = look.process;
  let sumNs = goneNs;
  for (const figures of look.threads.values()) sumNs += onCpu(figures);
  for (const [one, figures] of threads) if (!look.threads.has(one)) sumNs += onCpu(figures);
  const otherNs = sumNs - onCpu(threads.get(tid) ?? {}) + onCpu(before);
  const overNs = sumNs - (userNs + systemNs);
  const offNs = otherNs - (userNs + systemNs);
  return pid !== tid && overNs > TICK_NS && size(offNs) < size(overNs);
}

/** Less than this is told from nothing by no count of ticks. */
const TICK_NS = 20_000_000n;

function hasGrown(before: Readonly<Figures>, now: Readonly<Figures>): boolean {
  return GROWING.every((name) => (now[name] ?? 0n) >= (before[name] ?? 0n));
}

function onCpu({ onCpuNs = 0n }: Readonly<Figures>): bigint {
  return onCpuNs;
}

function size(ns: bigint): bigint {
  return ns < 0n ? -ns : ns;
}
