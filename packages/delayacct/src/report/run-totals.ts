import type { Task } from "@task-watchers/chain";
import type { Accounting } from "../watcher/accounting.ts";
import type { TaskDelays } from "../watcher/task-delays.ts";
import { THREADS_MISSED } from "../procfs/proc-totals.ts";
import { commandOf } from "./command.ts";
import { Tally } from "./tally.ts";

/** Names told apart; what comes after them is put together. */
const NAMES = 2000;
/** Name of what is put together. */
export const OTHERS = "(others)";
/** Tasks remembered for their peak memory. */
const PEAKS = 5;

/** A child of a task that the watch began with, and all that descends from it. */
export interface Branch {
  /** Process id of that child. */
  readonly pid: number;
  /** What it ran last. */
  command: string;
  readonly tally: Tally;
}

/** A process and the most memory it had. */
export interface Peak {
  readonly command: string;
  readonly pid: number;
  readonly bytes: bigint;
}

/** Everything that has ended in one watch, added up. Threads are in their processes already, and left out. */
export class RunTotals {
  readonly #all = new Tally();
  readonly #commands = new Map<string, Tally>();
  readonly #branchOf = new Map<Task, Branch | undefined>();
  readonly #branches = new Set<Branch>();
  readonly #missing = new Map<string, number>();
  #peaks: Peak[] = [];
  #overlooked = 0;
  #withThreads = 0;
  #tasks = 0;

  /** Processes that have ended. */
  get tasks(): number {
    return this.#tasks;
  }

  get all(): Accounting {
    return this.#all.accounting;
  }

  get commands(): ReadonlyMap<string, Tally> {
    return this.#commands;
  }

  get branches(): Iterable<Branch> {
    return this.#branches;
  }

  /** Largest first. */
  get peaks(): readonly Peak[] {
    return this.#peaks;
  }

  /** Processes of which nothing, or only a part, is known, by reason. */
  get missing(): ReadonlyMap<string, number> {
    return this.#missing;
  }

  /** Processes that had several threads. */
  get withThreads(): number {
    return this.#withThreads;
  }

  /** Processes whose last look was before their end, or before that of some of their threads. */
  get overlooked(): number {
    return this.#overlooked;
  }

  begin(task: Task): void {
    if (task.pid !== task.tgid) return;
    const { parent } = task;
    // A task that the watch began with is no branch; its children are.
    const isRoot = parent === undefined || !this.#branchOf.has(parent);
    const branch = isRoot ? undefined : (this.#branchOf.get(parent) ?? this.#newBranch(task));
    this.#branchOf.set(task, branch);
  }

  add(delays: TaskDelays): void {
    const { task, accounting, asOfNs } = delays;
    if (task.pid !== task.tgid) return;
    const command = commandOf(delays);
    this.#all.add(accounting);
    this.#tasks++;
    this.#addCommand(command, accounting);
    const branch = this.#branchOf.get(task);
    if (branch !== undefined) {
      branch.tally.add(accounting);
      if (branch.pid === task.pid) branch.command = command;
    }
    const reason = accounting.missing["record"];
    if (reason !== undefined) this.#missing.set(reason, (this.#missing.get(reason) ?? 0) + 1);
    const isOverlooked = Object.values(accounting.missing).includes(THREADS_MISSED);
    if (asOfNs !== undefined || isOverlooked) this.#overlooked++;
    if (delays.hadThreads) this.#withThreads++;
    if (accounting.peakRssBytes !== undefined) {
      this.#addPeak({ command, pid: task.pid, bytes: accounting.peakRssBytes });
    }
  }

  free(task: Task): void {
    this.#branchOf.delete(task);
  }

  #addCommand(command: string, accounting: Accounting): void {
    const isKnown = this.#commands.has(command) || this.#commands.size < NAMES;
    const name = isKnown ? command : OTHERS;
    const tally = this.#commands.get(name) ?? new Tally();
    tally.add(accounting);
    this.#commands.set(name, tally);
  }

  #addPeak(peak: Peak): void {
    const least = this.#peaks.at(-1);
    if (this.#peaks.length === PEAKS && least !== undefined && peak.bytes <= least.bytes) return;
    this.#peaks = [...this.#peaks, peak].sort((a, b) => Number(b.bytes - a.bytes)).slice(0, PEAKS);
  }

  #newBranch({ pid }: Task): Branch | undefined {
    if (this.#branches.size >= NAMES) return undefined;
    const branch: Branch = { pid, command: "", tally: new Tally() };
    this.#branches.add(branch);
    return branch;
  }
}
