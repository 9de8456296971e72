import type { ExecEvent, Task, TaskEvent, TaskIds } from "@task-watchers/chain";

/** So long a thread may be on its way out, where a cgroup lets it wait: from before another ends the process until after that one. */
const OVERTAKEN_NS = 1_000_000_000n;
/** As the time of a status: no event comes after it. */
const FOR_GOOD = 1n << 63n;

/** A live task as the table keeps it: a process, or a thread where threads were asked for. */
export class TrackedTask implements Task {
  readonly pid: number;
  readonly tgid: number;
  readonly ppid: number;
  readonly startNs: bigint;
  parent: TrackedTask | undefined;
  exec: ExecEvent | undefined;
  ids: TaskIds | undefined;
  /** Start time as /proc gives it, ticks of 1/100 s since boot; from an event it may be one tick late. */
  readonly startTicks: number;
  /** Live threads besides the first; absent as long as there never was one. */
  threads: Set<number> | undefined;
  /** The first thread has exited. The process lives on while `threads` has any. */
  leaderExited = false;
  /** Wait status of the process, as far as its threads that exited have shown; -1 before any did. */
  status = -1;
  #statusNs = 0n;
  /** Events that wait for a watcher; absent while none is at work. */
  pending: TaskEvent[] | undefined;
  /** Its `free` is raised, or queued. */
  freed = false;
  /** `init` was never raised because watchers had fallen too far behind; the rest of this task is not told either. */
  untold = false;

  constructor(
    pid: number,
    tgid: number,
    ppid: number,
    startNs: bigint,
    startTicks: number,
    parent: TrackedTask | undefined,
  ) {
    this.pid = pid;
    this.tgid = tgid;
    this.ppid = ppid;
    this.startNs = startNs;
    this.startTicks = startTicks;
    this.parent = parent;
    this.exec = parent?.exec;
    this.ids = parent?.ids;
  }

  get id(): string {
    return `${this.pid}.${this.startTicks}`;
  }

  /**
   * One of its threads has exited. The process's status is that of whoever ended it, by exit_group(2) or a signal, and those it ended
   * have the same; else that of the last (kernel/exit.c, do_group_exit and synchronize_group_exit). A thread on its way out by
   * itself, mostly with 0, is no part of that, though its event may come last.
   */
  threadExited(status: number, timeNs: bigint): void {
    if (this.#statusNs === FOR_GOOD) return;
    const isOwn = status === 0 && this.status > 0;
    if (isOwn && timeNs - this.#statusNs < OVERTAKEN_NS) return;
    this.status = status;
    this.#statusNs = timeNs;
  }

  /** The process's wait status is this, whatever comes. */
  keepStatus(status: number): void {
    this.status = status;
    this.#statusNs = FOR_GOOD;
  }

  /** Nobody saw how it ends: its end was merely found out, or an exec has ended threads and not the process. */
  forgetStatus(): void {
    this.status = -1;
    this.#statusNs = 0n;
  }
}
