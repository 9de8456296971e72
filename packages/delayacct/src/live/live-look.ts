import { clockOffsets, monotonicNs } from "@task-watchers/linux";
import { isUnavailable } from "@task-watchers/linux/procfs";
import { lookAt } from "../procfs/proc-look.ts";
import { ProcTotals } from "../procfs/proc-totals.ts";
import type { TaskStats } from "../taskstats/task-stats.ts";
import type { Counted } from "../watcher/arrival.ts";
import { countedOfGroup } from "../watcher/from-taskstats.ts";
import type { DelaysSource } from "../watcher/task-delays.ts";

/** A look at a live process. */
export interface LiveLook extends Counted {
  /** Start time, ticks of 1/100 s since boot: with the pid it names the process. */
  readonly startTicks: number;
  readonly reasons: Readonly<Record<string, string>>;
}

/** Looks at live processes. */
export interface LiveSource {
  readonly source: DelaysSource;
  /** Undefined when the process is gone. */
  look(pid: number): Promise<LiveLook | undefined>;
  /** A process is not looked at any more. */
  forget(pid: number): void;
  close(): void;
}

/** The part of a taskstats client that is used. */
export interface GroupClient {
  queryGroup(tgid: number): Promise<TaskStats>;
  close(): void;
}

/** By taskstats: delays and times of all threads; storage, faults and peak memory from /proc, which has them by process. */
export class TaskstatsSource implements LiveSource {
  readonly source = "taskstats";
  readonly #client: GroupClient;

  constructor(client: GroupClient) {
    this.#client = client;
  }

  async look(pid: number): Promise<LiveLook | undefined> {
    const stats = await this.#query(pid);
    const seen = lookAt(pid, { nowBootNs: 0n, threads: false });
    if (stats === undefined || isUnavailable(seen)) return undefined;
    const { figures, isDelayed } = countedOfGroup(stats);
    const { startTicks, reasons } = seen;
    return { startTicks, figures: { ...seen.process, ...figures }, isDelayed, reasons };
  }

  forget(): void {}

  close(): void {
    this.#client.close();
  }

  async #query(pid: number): Promise<TaskStats | undefined> {
    try {
      return await this.#client.queryGroup(pid);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ESRCH") return undefined;
      throw error;
    }
  }
}

/** By /proc alone, which any user may. */
export class ProcSource implements LiveSource {
  readonly source = "proc";
  readonly #totals = new Map<number, ProcTotals>();

  look(pid: number): Promise<LiveLook | undefined> {
    return Promise.resolve(this.#look(pid));
  }

  forget(pid: number): void {
    this.#totals.delete(pid);
  }

  close(): void {
    this.#totals.clear();
  }

  #look(pid: number): LiveLook | undefined {
    const seen = lookAt(pid, { nowBootNs: monotonicNs() + clockOffsets().boottimeNs });
    if (isUnavailable(seen)) return undefined;
    const { startTicks } = seen;
    let totals = this.#totals.get(pid);
    if (totals?.startTicks !== startTicks) totals = new ProcTotals(startTicks);
    this.#totals.set(pid, totals);
    totals.add(seen);
    const figures = totals.figures();
    const isDelayed = (figures.blkioNs ?? 0n) > 0n;
    return { startTicks, figures, isDelayed, reasons: totals.reasons };
  }
}
