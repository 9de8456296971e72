import { readFileSync } from "node:fs";
import type { ExecCall, ExecOutcome, StoppedCall } from "@task-watchers/exec-stop";
import { clockOffsets, monotonicNs } from "@task-watchers/linux/clock";
import { pollReadable } from "@task-watchers/linux/poll-readable";
import {
  isUnavailable,
  type ProcReader,
  type ProcStat,
  TICK_NS,
} from "@task-watchers/linux/procfs";
import type { LiveProcess } from "../tasks/live-process.ts";
import type { LiveTasks } from "../tasks/live-tasks.ts";
import type { CallKind } from "../tasks/stopped-calls.ts";
import type { Counting } from "./counters.ts";
import type { Evidence } from "./evidence.ts";
import { exeOf } from "./told-events.ts";
import { ToldTriedExec } from "./told-tried-exec.ts";
import type { ToldQueue } from "./told.ts";

/** So that the start of a tick is in that tick for whoever computes it back, nanoseconds. */
const INTO_TICK_NS = 1_000_000n;

/** Time between two looks at all processes while tasks stand still, milliseconds. */
const BRIEF_MS = 5;

/** What there is where perf is refused. */
export interface ByStopsParts {
  readonly live: LiveTasks;
  readonly queue: ToldQueue;
  readonly proc: ProcReader;
  readonly counters: Counting;
  /** Tell of execs, too; else somebody else does. */
  readonly tellsExecs: boolean;
}

/**
 * Everything by stopped calls: a process is known of once it, or a child of it, stands still in one, its fork then being told
 * in retrospect; its end is seen by its pidfd. Threads, and processes that a signal ends before all that, are not known of.
 */
export class ByStops implements Evidence {
  readonly fill = 0;
  readonly lost = 0;
  readonly late = 0;
  readonly #parts: ByStopsParts;
  readonly #tried = new Map<ExecCall, ToldTriedExec>();
  /** Start times of processes that have ended, by their id: their parents may not have waited for them yet. */
  readonly #ended = new Map<number, number>();
  /** Those of the live ones. */
  readonly #starts = new Map<number, number>();
  #lookedMs = 0;
  /** The command started last. */
  #root: number | undefined;

  constructor(parts: ByStopsParts) {
    this.#parts = parts;
  }

  noticedLoss(): boolean {
    return false;
  }

  look(isBrief: boolean): void {
    const now = performance.now();
    if (isBrief && now - this.#lookedMs < BRIEF_MS) return;
    this.#lookedMs = now;
    for (const process of this.#parts.live.processes())
      if (this.#isDead(process)) this.#end(process);
  }

  stoppedExec(call: ExecCall): void {
    const { live, queue, proc, counters, tellsExecs } = this.#parts;
    const tgid = this.#meet(call.pid);
    const stopped = live.stoppedExec(call);
    if (tgid === undefined || stopped === undefined) return;
    if (stopped.before) live.askIds(call.pid, call.timeNs, stopped.before);
    if (!tellsExecs) return;
    const tried = new ToldTriedExec(tgid, stopped, {
      exe: () => exeOf(proc, tgid),
      guessed: () => counters.execsGuessed++,
    });
    this.#tried.set(call, tried);
    queue.push(tried);
  }

  stoppedCall(kind: CallKind, call: StoppedCall): void {
    const tgid = this.#meet(call.pid);
    if (tgid === undefined) return;
    if (kind === "ids") this.#parts.live.stoppedIds(call);
    else {
      // After its end, its children would be others'.
      this.#meetChildren(tgid);
      if (kind === "exit") this.#parts.live.stoppedExit(call);
    }
  }

  outcome(call: ExecCall, { outcome, certain }: ExecOutcome): void {
    if (!certain) this.#parts.counters.execsGuessed++;
    this.#tried.get(call)?.settle(outcome === "ran");
    this.#tried.delete(call);
  }

  close(): void {}

  #end({ tgid }: LiveProcess): void {
    const timeNs = monotonicNs();
    this.#ended.set(tgid, this.#starts.get(tgid) ?? 0);
    this.#starts.delete(tgid);
    this.#parts.live.exited({ pid: tgid, tid: tgid, timeNs });
  }

  #isDead({ pidfd, tgid }: LiveProcess): boolean {
    if (pidfd !== undefined) return pollReadable(pidfd) !== "idle";
    const stat = this.#parts.proc.stat(tgid);
    return isUnavailable(stat) || stat.startTicks !== this.#starts.get(tgid);
  }

  /** A thread stands still: its process is told of, if it was not. @returns the process */
  #meet(tid: number): number | undefined {
    const { live, proc } = this.#parts;
    const status = proc.status(tid);
    if (isUnavailable(status)) return undefined;
    const known = live.process(status.tgid);
    if (known && this.#isDead(known)) this.#end(known);
    if (live.process(status.tgid) === undefined) this.#announce(status.tgid);
    return status.tgid;
  }

  /** A process is about to wait for children, or to end: those that it may wait for are still there, and still its own. */
  #meetChildren(tgid: number): void {
    const { live, proc } = this.#parts;
    for (const child of proc.threads(tgid).flatMap((tid) => childrenOf(tgid, tid))) {
      if (live.process(child) === undefined) this.#announce(child);
    }
  }

  /** Tells of a process, of those between it and a known one first. */
  #announce(tgid: number): void {
    const { live, proc, counters } = this.#parts;
    const found: ProcStat[] = [];
    let pid = tgid;
    while (pid > 1 && pid !== process.pid && live.process(pid) === undefined) {
      const stat = proc.stat(pid);
      if (isUnavailable(stat) || this.#ended.get(pid) === stat.startTicks) break;
      found.push(stat);
      pid = stat.ppid;
    }
    const isOurs = pid === process.pid || live.process(pid) !== undefined;
    // An orphan: whoever took it in is none of the tree, nor are those above.
    if (!isOurs) found.splice(1);
    for (const [i, stat] of found.toReversed().entries()) {
      const isOrphan = !isOurs && i === 0;
      if (isOrphan) counters.parentGuessed++;
      if (stat.ppid === process.pid) this.#root = stat.pid;
      const ppid = isOrphan ? (this.#root ?? stat.ppid) : stat.ppid;
      const timeNs = startOf(stat);
      this.#starts.set(stat.pid, stat.startTicks);
      this.#ended.delete(stat.pid);
      live.forked({ pid: stat.pid, tid: stat.pid, ppid, ptid: ppid, timeNs });
    }
  }
}

/** /proc/PID/task/TID/children, dead ones included; none where the kernel was built without CONFIG_PROC_CHILDREN. */
function childrenOf(tgid: number, tid: number): number[] {
  try {
    const text = readFileSync(`/proc/${tgid}/task/${tid}/children`, "latin1");
    return text.match(/\d+/gu)?.map(Number) ?? [];
  } catch {
    return [];
  }
}

function startOf({ startTicks }: ProcStat): bigint {
  return BigInt(startTicks) * TICK_NS - clockOffsets().boottimeNs + INTO_TICK_NS;
}
