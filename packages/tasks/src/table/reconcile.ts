import { isUnavailable, type ProcReader, type ProcStat } from "@task-watchers/linux/procfs";
import { type BootTime, sameStart } from "./boot-time.ts";
import { census, isAlive } from "./census.ts";
import type { Scope } from "./scope.ts";
import type { TaskTable } from "./task-table.ts";
import type { TrackedTask } from "./tracked-task.ts";

/** What reconciling works on. */
export interface ReconcileParts {
  readonly table: TaskTable;
  readonly proc: ProcReader;
  readonly boot: BootTime;
  readonly now: () => bigint;
  readonly scope: Scope;
  /** Reads the events that wait. */
  readonly drain: () => void;
  /** Called when a comparison may have ended tasks. */
  readonly done: () => void;
}

/** How long an event may still be on its way when /proc shows its effect already, milliseconds. */
const GRACE_MS = 100;

/** How many times as long as a comparison took must pass before the next, unless events were lost: tasks may be many. */
const REST = 200n;

/** Where table and /proc differed at first sight. */
interface Differences {
  /** Processes that the table lacks, or knows as an earlier holder of the pid; oldest first. */
  readonly newcomers: readonly ProcStat[];
  /** Tasks that /proc no longer shows. */
  readonly gone: ReadonlySet<TrackedTask>;
  /** Tasks that run another executable than was told of. */
  readonly otherProgram: readonly TrackedTask[];
  /** Tasks with other threads than the table has. */
  readonly otherThreads: readonly TrackedTask[];
}

/**
 * Makes the table agree with /proc after events were lost: what is missing is raised, marked `reconciled`. Looks twice: an
 * event may still be queued whose effect /proc shows already, and what is told by the kernel itself is told better.
 *
 * A descendant whose fork was lost *and* whose parent is gone cannot be told from a stranger.
 */
export class Reconciler {
  readonly #parts: ReconcileParts;
  #timer: NodeJS.Timeout | undefined;
  #differences: Differences | undefined;
  #wanted = false;
  #lost = false;
  #failed = 0;
  /** Until then no comparison is made for its own sake. */
  #restUntilNs = 0n;

  constructor(parts: ReconcileParts) {
    this.#parts = parts;
  }

  /**
   * Compares soon: a storm of losses is answered by one comparison in each interval.
   *
   * @param lost whether events were lost, execs perhaps among them; otherwise programs are not compared, for a file that
   *   was renamed looks like another program
   */
  request(lost: boolean): void {
    if (!lost && this.#parts.now() < this.#restUntilNs) return;
    this.#wanted = true;
    this.#lost ||= lost;
    this.#timer ??= setTimeout(() => this.#turn(), GRACE_MS);
  }

  /** Comparisons that could not be made. */
  get failed(): number {
    return this.#failed;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #turn(): void {
    this.#timer = undefined;
    this.#parts.drain();
    try {
      this.#look();
    } catch {
      // No descriptor is free to read /proc with, most likely: the next comparison finds what this one did not.
      this.#failed++;
    }
    this.#parts.done();
  }

  #look(): void {
    const noticed = this.#differences;
    this.#differences = undefined;
    if (noticed) this.#settle(noticed);
    if (!this.#wanted) return;
    this.#wanted = false;
    const beginNs = this.#parts.now();
    this.#differences = this.#compare();
    const endNs = this.#parts.now();
    this.#restUntilNs = endNs + (endNs - beginNs) * REST;
    this.#lost = false;
    this.#timer = setTimeout(() => this.#turn(), GRACE_MS);
  }

  #compare(): Differences {
    const { table, proc } = this.#parts;
    const gone = new Set<TrackedTask>();
    const otherProgram: TrackedTask[] = [];
    const otherThreads: TrackedTask[] = [];
    for (const task of table.processes()) {
      if (!this.#lives(task)) {
        gone.add(task);
        continue;
      }
      if (this.#lost && table.ranOther(task.tgid, proc.exe(task.tgid))) otherProgram.push(task);
      if (this.#hasOtherThreads(task)) otherThreads.push(task);
    }
    return { newcomers: this.#newcomers(gone), gone, otherProgram, otherThreads };
  }

  #newcomers(gone: ReadonlySet<TrackedTask>): ProcStat[] {
    const { table, proc, scope } = this.#parts;
    const found = new Map<number, ProcStat>();
    // Those that were just seen to live are not looked at once more: they may be thousands.
    const isLive = (pid: number): boolean => {
      const known = table.process(pid);
      return known !== undefined && !gone.has(known);
    };
    for (const stat of census(proc, isLive)) {
      const known = table.process(stat.pid);
      if (known !== undefined && sameStart(known.startTicks, stat.startTicks)) continue;
      const hasParent = table.process(stat.ppid) !== undefined || found.has(stat.ppid);
      if (known !== undefined || scope.follows(hasParent)) found.set(stat.pid, stat);
    }
    return [...found.values()];
  }

  #settle(noticed: Differences): void {
    const { table, proc, now } = this.#parts;
    for (const stat of noticed.newcomers) this.#take(stat);
    for (const task of noticed.gone) {
      if (isCurrent(table, task) && !this.#lives(task)) table.end(task, now(), "reconciled");
    }
    for (const task of noticed.otherProgram) {
      if (!isCurrent(table, task) || !table.ranOther(task.tgid, proc.exe(task.tgid))) continue;
      table.exec(task.tgid, now(), "reconciled");
    }
    for (const task of noticed.otherThreads) {
      if (isCurrent(table, task)) table.correctThreads(task.tgid, proc.threads(task.tgid), now());
    }
  }

  #take(noticed: ProcStat): void {
    const { table, proc, boot, now, scope } = this.#parts;
    const { pid, ppid, startTicks } = noticed;
    const known = table.process(pid);
    if (known !== undefined && sameStart(known.startTicks, startTicks)) return;
    const stat = proc.stat(pid);
    if (isUnavailable(stat) || !isAlive(stat) || stat.startTicks !== startTicks) return;
    if (known !== undefined) table.end(known, now(), "reconciled");
    if (!scope.follows(table.process(ppid) !== undefined)) return;
    table.begin(pid, ppid, boot.monotonicNs(startTicks), startTicks, "reconciled");
    if (stat.numThreads > 1) table.correctThreads(pid, proc.threads(pid), now());
    if (table.ranOther(pid, proc.exe(pid))) table.exec(pid, now(), "reconciled");
  }

  #lives(task: TrackedTask): boolean {
    const stat = this.#parts.proc.stat(task.tgid);
    if (isUnavailable(stat)) return !GONE.has(stat.missing) || exists(task.tgid);
    return sameStart(stat.startTicks, task.startTicks) && isAlive(stat);
  }

  #hasOtherThreads(task: TrackedTask): boolean {
    if (!task.threads) return false;
    const others = this.#parts.proc.threads(task.tgid).filter((tid) => tid !== task.tgid);
    return others.length !== task.threads.size || others.some((tid) => !task.threads?.has(tid));
  }
}

/** What /proc answers for a process that is not there; or that is hidden from us. */
const GONE: ReadonlySet<string> = new Set(["ENOENT", "ESRCH"]);

/** Another user's process may be hidden in /proc (mount option hidepid), but not from kill(2). */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return false;
}

function isCurrent(table: TaskTable, task: TrackedTask): boolean {
  return table.process(task.tgid) === task;
}
