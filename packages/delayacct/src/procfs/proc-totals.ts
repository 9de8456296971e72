import { addFigures, type FigureName, type Figures } from "../watcher/figures.ts";
import { leaderBeforeExec } from "./exec-from-thread.ts";
import type { ProcLook } from "./proc-look.ts";

/** Why a figure is absent: threads that nobody looked at before they ended have some of it. */
export const THREADS_MISSED = "threads-missed";

/** What the kernel shows by thread only, and not of those that have ended. */
const BY_THREAD: readonly FigureName[] = [
  "waitCpuNs",
  "blkioNs",
  "voluntarySwitches",
  "involuntarySwitches",
];
/** By how much CPU time of a process may be beyond that of its threads: two counts, in ticks of 1/100 s each. */
const TICKS_NS = 30_000_000n;

/** What is known of a process after all looks so far: a thread that is gone counts as it was seen last. */
export class ProcTotals {
  /** Start time, ticks of 1/100 s since boot. */
  readonly startTicks: number;
  #process: Readonly<Figures> = {};
  #threads: ReadonlyMap<number, Readonly<Figures>> = new Map();
  #zombies: ReadonlySet<number> = new Set();
  #gone: Figures = {};
  #reasons: Readonly<Record<string, string>> = {};
  #hadThreads = false;
  #leftOut = false;

  constructor(startTicks: number) {
    this.startTicks = startTicks;
  }

  /** It was seen with several threads, or with the time of some that have ended. */
  get hadThreads(): boolean {
    return this.#hadThreads || this.#leftOut || this.#missedNs() > 0n;
  }

  /** @returns false when the pid is another process's now */
  add(look: ProcLook): boolean {
    if (look.startTicks !== this.startTicks) return false;
    // One that has ended shows less: what was seen before stays.
    this.#process = { ...this.#process, ...look.process };
    this.#hadThreads ||= look.threads.size > 1;
    const known = {
      ...{ pid: look.pid, threads: this.#threads, zombies: this.#zombies },
      goneNs: this.#gone.onCpuNs ?? 0n,
    };
    const replaced = leaderBeforeExec(known, look);
    for (const [tid, figures] of this.#threads) {
      if (look.threads.has(tid) || look.threadsLeftOut > 0) continue;
      // The thread that ran a program goes on as the first one: that is who is gone.
      this.#gone = addFigures(this.#gone, tid === replaced?.tid ? replaced.leader : figures);
    }
    this.#setThreads(look);
    this.#leftOut ||= look.threadsLeftOut > 0;
    this.#reasons = look.reasons;
    return true;
  }

  figures(): Figures {
    let sum = addFigures(this.#process, this.#gone);
    for (const thread of this.#threads.values()) sum = addFigures(sum, thread);
    const missedNs = this.#missedNs();
    if (missedNs === 0n && !this.#leftOut) return sum;
    for (const name of BY_THREAD) delete sum[name];
    // The kernel adds up CPU time itself, of dead threads too.
    const { onCpuNs = 0n, wallNs = 0n } = sum;
    sum.onCpuNs = onCpuNs + missedNs;
    if (this.#leftOut) delete sum.wallNs;
    else sum.wallNs = wallNs + missedNs;
    return sum;
  }

  /** Why figures are absent, by name. */
  get reasons(): Readonly<Record<string, string>> {
    const reasons: Record<string, string> = {};
    for (const [name, reason] of Object.entries(this.#reasons)) {
      if (!(name in this.#process)) reasons[name] = reason;
    }
    if (this.#leftOut) {
      for (const name of [...BY_THREAD, "wallNs"]) reasons[name] = "too-many-threads";
    } else if (this.#missedNs() > 0n) {
      for (const name of BY_THREAD) reasons[name] = THREADS_MISSED;
    }
    return reasons;
  }

  #setThreads(look: ProcLook): void {
    const threads = new Map(look.threadsLeftOut === 0 ? [] : this.#threads);
    for (const [tid, figures] of look.threads) {
      const before = this.#threads.get(tid)?.wallNs;
      // The first thread of a process that has ended itself is still there, and ages no more.
      const isOld = look.zombies.has(tid) && this.#zombies.has(tid) && before !== undefined;
      threads.set(tid, isOld ? { ...figures, wallNs: before } : figures);
    }
    this.#threads = threads;
    this.#zombies = look.zombies;
  }

  /** CPU time of threads that were not seen, nanoseconds. */
  #missedNs(): bigint {
    const { userNs = 0n, systemNs = 0n } = this.#process;
    let seenNs = this.#gone.onCpuNs ?? 0n;
    for (const { onCpuNs = 0n } of this.#threads.values()) seenNs += onCpuNs;
    const missedNs = userNs + systemNs - seenNs;
    return missedNs > TICKS_NS || (this.#leftOut && missedNs > 0n) ? missedNs : 0n;
  }
}
