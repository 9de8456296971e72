import type { ExecEvent, Missing, SyntheticReason } from "@task-watchers/chain";
import { sameStart } from "./boot-time.ts";
import { PROC_EVENT_EXEC, PROC_EVENT_EXIT, PROC_EVENT_FORK } from "../connector/cn-proc.ts";
import type { ExecCounts } from "./exec-counts.ts";
import { ExecEvents } from "./exec-events.ts";
import { isOtherProgram } from "./other-program.ts";
import { OwnForks } from "./own-forks.ts";
import { Raiser, type TableCounters } from "./raiser.ts";
import { TaskChanges } from "./task-changes.ts";
import type { TaskTableParts } from "./table-parts.ts";
import { Threads } from "./threads.ts";
import { TrackedTask } from "./tracked-task.ts";

/**
 * The live tasks. Every event of the kernel passes through here and becomes the notifications of 2006: in the kernel,
 * this is what copy_process, exec, set*id and do_exit did.
 */
export class TaskTable {
  readonly #parts: TaskTableParts;
  readonly #processes = new Map<number, TrackedTask>();
  readonly #threads: Threads;
  readonly #raiser: Raiser;
  readonly #changes: TaskChanges;
  readonly #ownForks = new OwnForks();
  readonly #execEvents = new ExecEvents();

  constructor(parts: TaskTableParts) {
    this.#parts = parts;
    this.#raiser = new Raiser(parts.delivery);
    this.#threads = new Threads(parts, this.#raiser);
    this.#changes = new TaskChanges(parts, {
      process: (tgid) => this.#processes.get(tgid),
      thread: (tid) => this.#threads.get(tid),
    });
  }

  get counters(): TableCounters {
    return this.#raiser.counters;
  }

  get execs(): ExecCounts {
    return this.#raiser.execs;
  }

  get size(): number {
    return this.#processes.size + this.#threads.size;
  }

  /** Live tasks that were told of, parents before their children. */
  *tasks(): IterableIterator<TrackedTask> {
    for (const tasks of [this.#processes, this.#threads]) {
      for (const task of tasks.values()) if (!task.untold) yield task;
    }
  }

  processes(): IterableIterator<TrackedTask> {
    return this.#processes.values();
  }

  process(tgid: number): TrackedTask | undefined {
    return this.#processes.get(tgid);
  }

  /** One event of the kernel; see `ProcEventListener` for the arguments. */
  readonly apply = (
    what: number,
    pid: number,
    tgid: number,
    first: number,
    second: number,
    timeNs: bigint,
    third = 0,
    fourth = 0,
  ): void => {
    if (what === PROC_EVENT_FORK) this.#fork(pid, tgid, second, timeNs);
    else if (what === PROC_EVENT_EXIT) this.#exit(pid, tgid, first, timeNs, third, fourth);
    else if (what === PROC_EVENT_EXEC) this.exec(tgid, timeNs);
    else this.#changes.apply(what, pid, tgid, [first, second, third, fourth], timeNs);
  };

  /** A process begins: by its fork event, or found when events were lost. */
  begin(
    pid: number,
    ppid: number,
    startNs: bigint,
    startTicks: number,
    synthetic?: SyntheticReason,
  ): TrackedTask {
    const parent = this.#processes.get(ppid);
    const task = new TrackedTask(pid, pid, ppid, startNs, startTicks, parent);
    task.ids ??= this.#parts.idsOf(pid);
    this.#processes.set(pid, task);
    this.#raiser.begun(task, startNs, synthetic);
    return task;
  }

  /** A process that was there before: no `clone`, and `init` only to those who asked. */
  adopt(pid: number, ppid: number, startTicks: number, threads: readonly number[]): TrackedTask {
    const startNs = this.#parts.boot.monotonicNs(startTicks);
    const task = new TrackedTask(pid, pid, ppid, startNs, startTicks, this.#processes.get(ppid));
    task.ids = this.#parts.idsOf(pid);
    this.#threads.adopt(task, threads);
    task.exec = this.#execEvents.make(startNs, this.#parts.facts.adopt(pid));
    this.#processes.set(pid, task);
    this.#parts.existing(task);
    this.#threads.announceAdopted(task);
    return task;
  }

  /** A process runs another program. */
  exec(tgid: number, timeNs: bigint, synthetic?: SyntheticReason): void {
    const task = this.#processes.get(tgid);
    if (task === undefined) {
      this.#parts.facts.drop(tgid, timeNs);
      return;
    }
    // Whichever thread called exec now has the process's own id; all others are gone, its old id without an exit.
    this.#threads.endAll(task, timeNs, "exec-from-thread");
    task.threads = undefined;
    task.leaderExited = false;
    task.forgetStatus();
    const known = this.#parts.stopped?.confirm(task, timeNs);
    if (known !== undefined) {
      this.#parts.facts.forget(tgid);
      if (!known.isRaised) this.tellExec(task, known.event);
      return;
    }
    const facts = this.#parts.facts.read(tgid, timeNs);
    this.#raiser.exec(task, this.#execEvents.make(timeNs, facts, synthetic));
  }

  /** A process has made an exec whose facts were known before. */
  tellExec(task: TrackedTask, event: ExecEvent): void {
    this.#parts.facts.count(event);
    this.#raiser.exec(task, event);
  }

  /** A process is about to make an exec. Returns the chain's answer; see `Delivery.ask`. */
  askExec(task: TrackedTask, event: ExecEvent): number | PromiseLike<number> {
    this.#parts.facts.count(event);
    return this.#raiser.ask(task, event);
  }

  /** An exec that was raised did not happen. @param before what the task runs still */
  revertExec(task: TrackedTask, event: ExecEvent, before: ExecEvent | undefined): void {
    this.#raiser.revert(task, event, before);
  }

  /** Begins a process whose fork was passed over because nobody wanted it then; undefined when there was none. */
  beginLate(pid: number): TrackedTask | undefined {
    const timeNs = this.#ownForks.take(pid);
    if (timeNs === undefined) return undefined;
    return this.begin(pid, process.pid, timeNs, this.#parts.boot.ticks(timeNs));
  }

  /** A process has ended; when that was merely found out, nobody told how. */
  end(task: TrackedTask, timeNs: bigint, synthetic?: SyntheticReason): void {
    if (synthetic) task.forgetStatus();
    this.#parts.facts.forget(task.tgid);
    this.#parts.stopped?.ended(task);
    this.#threads.endAll(task, timeNs, synthetic);
    this.#processes.delete(task.tgid);
    this.#raiser.ended(task, timeNs, synthetic);
  }

  /** After a loss: the threads that are really there, by /proc. */
  correctThreads(tgid: number, present: readonly number[], timeNs: bigint): void {
    const task = this.#processes.get(tgid);
    if (task !== undefined && present.length > 0) this.#threads.correct(task, present, timeNs);
  }

  /** After a loss: whether a process runs another executable than the one it was last known to run. */
  ranOther(tgid: number, exe: string | Missing): boolean {
    return isOtherProgram(this.#processes.get(tgid)?.exec, exe);
  }

  /** The watch ends before the task: its state is let go. */
  abandon(timeNs: bigint): void {
    for (const task of this.tasks()) {
      this.#parts.delivery.deliver(task, { type: "free", timeNs, synthetic: "watch-closed" });
    }
    this.#processes.clear();
    this.#threads.clear();
  }

  #fork(pid: number, tgid: number, ppid: number, timeNs: bigint): void {
    if (pid !== tgid) {
      const process = this.#processes.get(tgid);
      if (process !== undefined) this.#threads.fork(pid, process, timeNs);
      return;
    }
    const ticks = this.#parts.boot.ticks(timeNs);
    const known = this.#processes.get(pid);
    if (known !== undefined) {
      // Seen in /proc before its fork event was read; or else its exit was lost, and this pid is another's now.
      if (sameStart(known.startTicks, ticks)) return;
      this.end(known, timeNs, "reconciled");
    }
    if (!this.#parts.scope.wants(pid, this.#processes.get(ppid))) {
      if (ppid === process.pid) this.#ownForks.put(pid, timeNs);
      return;
    }
    this.begin(pid, ppid, timeNs, ticks);
  }

  #exit(
    pid: number,
    tgid: number,
    status: number,
    timeNs: bigint,
    isLast: number,
    processStatus: number,
  ): void {
    const task = this.#processes.get(tgid);
    if (task === undefined) return;
    if (isLast !== 0) task.keepStatus(processStatus);
    if (pid === tgid) task.leaderExited = true;
    // One that an exec has ended may be heard of after the exec.
    else if (!this.#threads.exit(pid, task, status, timeNs)) return;
    task.threadExited(status, timeNs);
    if (task.leaderExited && !task.threads?.size) this.end(task, timeNs);
  }
}
