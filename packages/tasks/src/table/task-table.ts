import type {
  ExecEvent,
  Missing,
  SyntheticReason,
  TaskIds,
  TaskNotice,
} from "@task-watchers/chain";
import type { BootTime } from "./boot-time.ts";
import { sameStart } from "./boot-time.ts";
import {
  PROC_EVENT_EXEC,
  PROC_EVENT_EXIT,
  PROC_EVENT_FORK,
  PROC_EVENT_GID,
  PROC_EVENT_UID,
} from "../connector/cn-proc.ts";
import type { Delivery } from "./delivery.ts";
import { ExecCounts } from "./exec-counts.ts";
import type { ExecFactsReader } from "./exec-facts.ts";
import { exitEvent, marked } from "./exit-event.ts";
import { noticeOf } from "./notice.ts";
import { OwnForks } from "./own-forks.ts";
import type { Scope } from "./scope.ts";
import { TrackedTask } from "./tracked-task.ts";

/** What the table is made of. */
export interface TaskTableParts {
  readonly scope: Scope;
  readonly delivery: Delivery;
  readonly facts: ExecFactsReader;
  readonly boot: BootTime;
  /** Raise threads as tasks of their own. */
  readonly threads: boolean;
  /** Ids of a task whose parent is not in the table. */
  readonly idsOf: (pid: number) => TaskIds | undefined;
  /** Announces a task that was there before. */
  readonly existing: (task: TrackedTask) => void;
  /** Execs that are stopped before they are made; absent when none ever is. */
  readonly stopped?: StoppedSink;
  /** Who wants notices; absent when nobody ever does. */
  readonly notices?: NoticeSink;
}

/** What is to be known of execs that were raised before they were made. */
export interface StoppedSink {
  /** An exec has been made. Returns its event when it was one of these: raised before, or yet to be raised. */
  confirm(task: TrackedTask, timeNs: bigint): { event: ExecEvent; isRaised: boolean } | undefined;
  /** The task is about to be told ended. */
  ended(task: TrackedTask): void;
}

/** Where notices go. */
export interface NoticeSink {
  /** Kernel events that somebody wants, as a mask. */
  readonly mask: number;
  notice(notice: TaskNotice, task: TrackedTask): void;
}

/** How many notifications of each kind were raised, and how many of them no event stood behind. */
export interface TableCounters {
  clones: number;
  execs: number;
  exits: number;
  synthetic: number;
}

/**
 * The live tasks. Every event of the kernel passes through here and becomes the notifications of 2006: in the kernel,
 * this is what copy_process, exec, set*id and do_exit did.
 */
export class TaskTable {
  readonly #parts: TaskTableParts;
  readonly #processes = new Map<number, TrackedTask>();
  readonly #threads = new Map<number, TrackedTask>();
  readonly counters: TableCounters = { clones: 0, execs: 0, exits: 0, synthetic: 0 };
  readonly execs: ExecCounts = new ExecCounts();
  readonly #ownForks = new OwnForks();

  constructor(parts: TaskTableParts) {
    this.#parts = parts;
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
    else if (what === PROC_EVENT_EXIT) this.#exit(pid, tgid, first, timeNs);
    else if (what === PROC_EVENT_EXEC) this.exec(tgid, timeNs);
    else if (what === PROC_EVENT_UID) this.#uid(pid, tgid, first, second, timeNs);
    else if (what === PROC_EVENT_GID) this.#gid(pid, tgid, first, second, timeNs);
    else this.#notice(what, pid, tgid, [first, second, third, fourth], timeNs);
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
    this.#announce(task, startNs, synthetic);
    return task;
  }

  /** A process that was there before: no `clone`, and `init` only to those who asked. */
  adopt(pid: number, ppid: number, startTicks: number, threads: readonly number[]): TrackedTask {
    const startNs = this.#parts.boot.monotonicNs(startTicks);
    const task = new TrackedTask(pid, pid, ppid, startNs, startTicks, this.#processes.get(ppid));
    task.ids = this.#parts.idsOf(pid);
    const others = threads.filter((tid) => tid !== pid);
    if (others.length > 0) task.threads = new Set(others);
    task.exec = { type: "exec", timeNs: startNs, ...this.#parts.facts.adopt(pid) };
    this.#processes.set(pid, task);
    this.#parts.existing(task);
    if (this.#parts.threads) for (const tid of others) this.#adoptThread(tid, task);
    return task;
  }

  /** A process runs another program. */
  exec(tgid: number, timeNs: bigint, synthetic?: SyntheticReason): void {
    const task = this.#processes.get(tgid);
    if (task === undefined) {
      this.#parts.facts.drop(tgid);
      return;
    }
    // Whichever thread called exec now has the process's own id; all others are gone, its old id without an exit.
    for (const tid of task.threads ?? []) this.#endThread(tid, timeNs, "exec-from-thread");
    task.threads = undefined;
    task.leaderExited = false;
    const known = this.#parts.stopped?.confirm(task, timeNs);
    if (known !== undefined) {
      this.#parts.facts.forget(tgid);
      if (!known.isRaised) this.tellExec(task, known.event);
      return;
    }
    const facts = this.#parts.facts.read(tgid);
    if (synthetic) this.counters.synthetic++;
    const event = { type: "exec", timeNs, ...facts, ...marked(synthetic) } as const;
    this.#enter(task, event);
    this.#parts.delivery.deliver(task, event);
  }

  /** A process has made an exec whose facts were known before. */
  tellExec(task: TrackedTask, event: ExecEvent): void {
    this.#parts.facts.count(event);
    this.#enter(task, event);
    this.#parts.delivery.deliver(task, event);
  }

  /** A process is about to make an exec. Returns the chain's answer; see `Delivery.ask`. */
  askExec(task: TrackedTask, event: ExecEvent): number | PromiseLike<number> {
    this.#parts.facts.count(event);
    this.#enter(task, event);
    return this.#parts.delivery.ask(task, event);
  }

  /** An exec that was raised did not happen. @param before what the task runs still */
  revertExec(task: TrackedTask, event: ExecEvent, before: ExecEvent | undefined): void {
    this.execs.count(event, -1);
    if (task.exec === event) task.exec = before;
  }

  #enter(task: TrackedTask, event: ExecEvent): void {
    this.counters.execs++;
    this.execs.count(event, 1);
    task.exec = event;
  }

  /** Begins a process whose fork was passed over because nobody wanted it then; undefined when there was none. */
  beginLate(pid: number): TrackedTask | undefined {
    const timeNs = this.#ownForks.take(pid);
    if (timeNs === undefined) return undefined;
    return this.begin(pid, process.pid, timeNs, this.#parts.boot.ticks(timeNs));
  }

  /** A process has ended; when that was merely found out, nobody told how. */
  end(task: TrackedTask, timeNs: bigint, synthetic?: SyntheticReason): void {
    if (synthetic) task.status = -1;
    this.#parts.facts.forget(task.tgid);
    this.#parts.stopped?.ended(task);
    for (const tid of task.threads ?? []) this.#endThread(tid, timeNs, synthetic);
    this.#processes.delete(task.tgid);
    this.#finish(task, timeNs, synthetic);
  }

  /** After a loss: the threads that are really there, by /proc. */
  correctThreads(tgid: number, present: readonly number[], timeNs: bigint): void {
    const task = this.#processes.get(tgid);
    if (task === undefined || present.length === 0) return;
    const others = new Set(present.filter((tid) => tid !== tgid));
    for (const tid of task.threads ?? []) {
      if (!others.has(tid)) this.#endThread(tid, timeNs, "reconciled");
    }
    const known = task.threads;
    task.threads = others.size > 0 ? others : undefined;
    for (const tid of others) {
      if (!known?.has(tid)) this.#beginThread(tid, task, timeNs, "reconciled");
    }
  }

  /** After a loss: whether a process runs another executable than the one it was last known to run. */
  ranOther(tgid: number, exe: string | Missing): boolean {
    const { exe: known, stopped } = this.#processes.get(tgid)?.exec ?? {};
    // A stopped one is known by the path it was called by, and was not missed.
    if (stopped) return false;
    return (
      typeof exe === "string" && typeof known === "string" && undeleted(exe) !== undeleted(known)
    );
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
      this.#forkThread(pid, tgid, timeNs);
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

  #forkThread(tid: number, tgid: number, timeNs: bigint): void {
    const process = this.#processes.get(tgid);
    if (process === undefined) return;
    process.threads ??= new Set();
    if (process.threads.has(tid)) return;
    process.threads.add(tid);
    this.#beginThread(tid, process, timeNs);
  }

  #beginThread(
    tid: number,
    process: TrackedTask,
    timeNs: bigint,
    synthetic?: SyntheticReason,
  ): void {
    if (!this.#parts.threads) return;
    const ticks = this.#parts.boot.ticks(timeNs);
    this.#announce(this.#thread(tid, process, timeNs, ticks), timeNs, synthetic);
  }

  #exit(pid: number, tgid: number, status: number, timeNs: bigint): void {
    const task = this.#processes.get(tgid);
    if (task === undefined) return;
    if (pid === tgid) task.leaderExited = true;
    else if (task.threads?.delete(pid)) this.#endThread(pid, timeNs, undefined, status);
    // The thread that goes last leaves the process's status (kernel/exit.c, synchronize_group_exit).
    task.status = status;
    if (task.leaderExited && !task.threads?.size) this.end(task, timeNs);
  }

  #uid(pid: number, tgid: number, ruid: number, euid: number, timeNs: bigint): void {
    const task = this.#credentialsOf(pid, tgid);
    if (task === undefined) return;
    if (task.ids) task.ids = { ...task.ids, ruid, euid };
    this.#parts.delivery.deliver(task, { type: "uid", timeNs, ruid, euid });
  }

  #gid(pid: number, tgid: number, rgid: number, egid: number, timeNs: bigint): void {
    const task = this.#credentialsOf(pid, tgid);
    if (task === undefined) return;
    if (task.ids) task.ids = { ...task.ids, rgid, egid };
    this.#parts.delivery.deliver(task, { type: "gid", timeNs, rgid, egid });
  }

  #notice(
    what: number,
    pid: number,
    tgid: number,
    words: readonly [number, number, number, number],
    timeNs: bigint,
  ): void {
    const { notices } = this.#parts;
    if (notices === undefined || (what & notices.mask) === 0) return;
    const task = this.#threads.get(pid) ?? this.#processes.get(tgid);
    const notice = task && noticeOf(what, pid, words, timeNs);
    if (notice) notices.notice(notice, task);
  }

  /** Credentials belong to threads; the C library changes all of a process's, one event each. The first one's counts. */
  #credentialsOf(pid: number, tgid: number): TrackedTask | undefined {
    return pid === tgid ? this.#processes.get(tgid) : this.#threads.get(pid);
  }

  #announce(task: TrackedTask, timeNs: bigint, synthetic?: SyntheticReason): void {
    const { delivery } = this.#parts;
    this.counters.clones++;
    if (synthetic === undefined) {
      delivery.deliver(task, { type: "init", timeNs });
      delivery.deliver(task, { type: "clone", timeNs });
      return;
    }
    this.counters.synthetic++;
    delivery.deliver(task, { type: "init", timeNs, synthetic });
    delivery.deliver(task, { type: "clone", timeNs, synthetic });
  }

  #thread(tid: number, process: TrackedTask, startNs: bigint, ticks: number): TrackedTask {
    const thread = new TrackedTask(tid, process.tgid, process.ppid, startNs, ticks, process);
    this.#threads.set(tid, thread);
    return thread;
  }

  #adoptThread(tid: number, process: TrackedTask): void {
    this.#parts.existing(this.#thread(tid, process, process.startNs, process.startTicks));
  }

  #endThread(tid: number, timeNs: bigint, synthetic?: SyntheticReason, status = -1): void {
    const thread = this.#threads.get(tid);
    if (thread === undefined) return;
    this.#threads.delete(tid);
    thread.status = status;
    this.#finish(thread, timeNs, synthetic);
  }

  #finish(task: TrackedTask, timeNs: bigint, synthetic?: SyntheticReason): void {
    const { delivery } = this.#parts;
    this.counters.exits++;
    if (synthetic) this.counters.synthetic++;
    delivery.deliver(task, exitEvent(task, timeNs, synthetic));
    delivery.deliver(task, { type: "free", timeNs, ...marked(synthetic) });
  }
}

/** The kernel appends this to the path of an executable that was unlinked while it runs. */
function undeleted(exe: string): string {
  return exe.replace(/ \(deleted\)$/u, "");
}
