import type { ExecEvent, Task, TaskEvent, TaskIds } from "@task-watchers/chain";

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
  /** Wait status of the thread that exited last; -1 before any did. */
  status = -1;
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
}
