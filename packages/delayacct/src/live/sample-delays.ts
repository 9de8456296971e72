import { setTimeout as sleep } from "node:timers/promises";
import { monotonicNs } from "@task-watchers/linux";
import { delayAccounting, type DelayAccountingState } from "../switch/sysctl.ts";
import type { Accounting } from "../watcher/accounting.ts";
import { checkInterval, checkSource } from "../watcher/options.ts";
import { accountSwitched, type DelaysSource } from "../watcher/task-delays.ts";
import { formatProcesses } from "../report/format.ts";
import { difference } from "./difference.ts";
import type { LiveLook, LiveSource } from "./live-look.ts";
import { openLiveSource } from "./open-live-source.ts";
import { checkProcessIds } from "./process-ids.ts";

/** How to look at live processes. */
export interface SampleOptions {
  /** Milliseconds between two looks, 10 or more (default 1000). */
  readonly intervalMs?: number;
  /** As in `DelayacctOptions` (default `"auto"`). */
  readonly source?: "auto" | DelaysSource;
  /** Ends the looking; nothing is thrown. */
  readonly signal?: AbortSignal;
}

/** What one process took between two looks. */
export interface DelaySample {
  readonly pid: number;
  /** Stable identity on this boot, as `Task` has it. */
  readonly task: string;
  /** This is the first look at it: the figures are of its life so far. */
  readonly sinceStart?: true;
  readonly accounting: Accounting;
}

/** One look at all of them. */
export interface DelayRound {
  /** CLOCK_MONOTONIC, nanoseconds: when it began. */
  readonly timeNs: bigint;
  /** Nanoseconds since the round before; 0 in the first. */
  readonly elapsedNs: bigint;
  readonly source: DelaysSource;
  readonly samples: readonly DelaySample[];
  /** Processes of the round before that are no more. */
  readonly gone: readonly number[];
  /** Sentences for the user: why this source, and what is missing. */
  readonly notes: readonly string[];
}

/** Which processes: their ids, or who gives them, asked anew each round. */
export type SampledPids = readonly number[] | (() => Iterable<{ readonly pid: number }>);

/**
 * Looks at live processes again and again. The first round tells of their lives so far, each later one of the time since
 * the one before. Ends when the signal is aborted, or when all of a given list of processes are gone.
 *
 * @throws RangeError on a bad interval or process id, TypeError on what is no source; NotAProcessError for the id of a thread
 *   in a list; with `source: "taskstats"`, TaskstatsUnavailableError
 */
export async function* sampleDelays(
  pids: SampledPids,
  options: SampleOptions = {},
): AsyncGenerator<DelayRound, void, undefined> {
  const { intervalMs = 1000, source = "auto", signal } = options;
  checkInterval(intervalMs);
  checkSource(source);
  if (typeof pids !== "function") checkProcessIds(pids);
  const { live, why } = await openLiveSource(source);
  try {
    const series = new Series(live, why);
    const isEnded = (): boolean => signal?.aborted === true;
    while (!isEnded()) {
      const round = await series.round(typeof pids === "function" ? pidsOf(pids()) : pids);
      yield round;
      if (typeof pids !== "function" && round.samples.length === 0) return;
      await sleep(intervalMs, undefined, { signal }).catch(() => {});
    }
  } finally {
    live.close();
  }
}

/** Rounds of looks, each beside the one before. */
export class Series {
  readonly #live: LiveSource;
  readonly #why: readonly string[];
  #before: ReadonlyMap<number, LiveLook> = new Map();
  #beforeNs: bigint | undefined;

  constructor(live: LiveSource, why: readonly string[] = []) {
    this.#live = live;
    this.#why = why;
  }

  async round(pids: readonly number[]): Promise<DelayRound> {
    const timeNs = monotonicNs();
    const state = delayAccounting();
    const unique = [...new Set(pids)];
    const looks = await Promise.all(
      unique.map(async (pid) => [pid, await this.#live.look(pid)] as const),
    );
    const seen = new Map<number, LiveLook>();
    for (const [pid, look] of looks) if (look !== undefined) seen.set(pid, look);
    const samples = [...seen].map(([pid, look]) => this.#sample(pid, look, state));
    const gone = [...this.#before.keys()].filter((pid) => !seen.has(pid));
    for (const pid of gone) this.#live.forget(pid);
    const elapsedNs = timeNs - (this.#beforeNs ?? timeNs);
    this.#before = seen;
    this.#beforeNs = timeNs;
    const notes = [...this.#why, ...switchNotes(state, samples)];
    return { timeNs, elapsedNs, source: this.#live.source, samples, gone, notes };
  }

  #sample(pid: number, look: LiveLook, state: DelayAccountingState): DelaySample {
    const known = this.#before.get(pid);
    // A pid that was given to another process begins anew.
    const before = known?.startTicks === look.startTicks ? known : undefined;
    const { figures, missing } = difference(before?.figures ?? {}, look.figures);
    const absent = this.#live.source === "proc" ? "not-in-proc" : "old-kernel";
    const accounting = accountSwitched(
      { figures, isDelayed: look.isDelayed },
      state === "off" ? "off" : "unknown",
      { absent, missing: { ...look.reasons, ...missing } },
    );
    const task = `${pid}.${look.startTicks}`;
    return { pid, task, ...(before === undefined && { sinceStart: true }), accounting };
  }
}

function pidsOf(tasks: Iterable<{ readonly pid: number }>): number[] {
  return Array.from(tasks, ({ pid }) => pid);
}

const OFF =
  "kernel.task_delayacct is 0: waits other than for a CPU stand still; task-watchers run --enable-delayacct, or sysctl kernel.task_delayacct=1, counts them of what begins afterwards";

function switchNotes(state: DelayAccountingState, samples: readonly DelaySample[]): string[] {
  if (state === "off") return [OFF];
  if (state === "unknown") return [];
  const n = samples.filter(({ accounting: { missing } }) =>
    Object.values(missing).includes("perhaps-switched-off"),
  ).length;
  const waits = "their waits other than for a CPU are not counted, or there were none yet";
  return n === 0
    ? []
    : [`${formatProcesses(n)} perhaps began before delay accounting was on: ${waits}`];
}
