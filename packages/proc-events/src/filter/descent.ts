import type { Task } from "@task-watchers/chain";
import { isUnavailable, ProcReader } from "@task-watchers/linux/procfs";

/** Ticks of 1/100 s by which the start that an event gives may differ from the one in /proc. */
const START_TOLERANCE = 10;

/** Some processes and all that descends from them by fork, however it is re-parented later. */
export class Descent {
  /** Tasks that belong to it. They are let go with the task: nobody needs to say when. */
  readonly #members = new WeakSet<Task>();
  /** Roots not seen yet, with their start by /proc; undefined while that was not looked up. */
  readonly #awaited: Map<number, number | undefined>;
  /** Members that have not ended. */
  #live = 0;

  constructor(pids: readonly number[]) {
    this.#awaited = new Map(pids.map((pid) => [pid, undefined]));
  }

  holds(task: Task): boolean {
    return this.#members.has(task);
  }

  /** Whether nobody is left of it: every root was seen, and all have ended. */
  get isOver(): boolean {
    return this.#awaited.size === 0 && this.#live === 0;
  }

  began(task: Task): void {
    // One that was there already may be told of again.
    if (this.#members.has(task) || !(this.#isRoot(task) || this.#isBelow(task))) return;
    this.#members.add(task);
    this.#live++;
  }

  /** A task ended: to be told once of each. It still belongs, and what it left behind does. */
  ended(task: Task): void {
    if (this.#members.has(task)) this.#live--;
  }

  /** @throws Error `ESRCH` when a root is neither among the tasks nor in /proc, `EINVAL` when it is a thread */
  seed(tasks: Iterable<Task>): void {
    for (const task of tasks) this.began(task);
    if (this.#awaited.size === 0) return;
    const proc = new ProcReader();
    for (const pid of this.#awaited.keys()) {
      const stat = proc.stat(pid);
      const status = proc.status(pid);
      if (isUnavailable(stat) || isUnavailable(status)) throw noSuchProcess(pid);
      if (status.tgid !== pid) throw isThread(pid, status.tgid);
      // It has just been started, and its fork is still to be told; or it is outside this watch, and stays so.
      this.#awaited.set(pid, stat.startTicks);
    }
  }

  #isRoot({ pid, tgid, id }: Task): boolean {
    if (this.#awaited.size === 0 || pid !== tgid || !this.#awaited.has(pid)) return false;
    const start = this.#awaited.get(pid);
    const ticks = Number(id.slice(id.indexOf(".") + 1));
    // Else it is another task with the same pid.
    if (start !== undefined && Math.abs(ticks - start) > START_TOLERANCE) return false;
    this.#awaited.delete(pid);
    return true;
  }

  /** The nearest ancestors may not have been told of yet: another watcher may be at work on them. */
  #isBelow(task: Task): boolean {
    for (let above = task.parent; above !== undefined; above = above.parent) {
      if (this.#members.has(above)) return true;
    }
    return false;
  }
}

function noSuchProcess(pid: number): Error {
  return Object.assign(new RangeError(`no process has pid ${pid}`), { code: "ESRCH" });
}

function isThread(tid: number, tgid: number): Error {
  const message = `${tid} is a thread of process ${tgid}; name the process`;
  return Object.assign(new RangeError(message), { code: "EINVAL" });
}
