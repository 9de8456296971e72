import { SyscallError } from "@task-watchers/linux/syscall-error";
import { isUnavailable, type ProcReader, type ProcStat } from "@task-watchers/linux/procfs";
import { census } from "../table/census.ts";
import type { TaskTable } from "../table/task-table.ts";

// include/uapi/asm-generic/errno-base.h
const ESRCH = 3;
const EINVAL = 22;

/** Takes into the table what was there before the watch, as /proc has it. */
export class PresentTasks {
  readonly #proc: ProcReader;
  readonly #table: TaskTable;

  constructor(proc: ProcReader, table: TaskTable) {
    this.#proc = proc;
    this.#table = table;
  }

  /** Every process of the host. */
  adoptAll(): void {
    for (const stat of census(this.#proc)) {
      if (!this.#table.process(stat.pid)) this.#adopt(stat);
    }
  }

  /**
   * One process.
   *
   * @param first called when there is one, before it is told of; what it throws leaves nothing behind
   * @throws SyscallError `ESRCH` when there is no such process, `EINVAL` when it is a thread of one
   */
  adopt(pid: number, first?: () => void): void {
    const stat = this.#statOf(pid);
    first?.();
    this.#adopt(stat);
  }

  /** One process with all that descends from it. @throws as `adopt` */
  adoptDescent(pid: number): void {
    this.adopt(pid);
    for (const stat of census(this.#proc)) {
      if (this.#table.process(stat.ppid) && !this.#table.process(stat.pid)) this.#adopt(stat);
    }
  }

  /** One that ends meanwhile has its exit event queued, and is let go when that is read. */
  #adopt({ pid, ppid, startTicks, numThreads }: ProcStat): void {
    const threads = numThreads > 1 ? this.#proc.threads(pid) : [];
    this.#table.adopt(pid, ppid, startTicks, threads);
  }

  #statOf(pid: number): ProcStat {
    const stat = this.#proc.stat(pid);
    const status = this.#proc.status(pid);
    if (isUnavailable(stat) || isUnavailable(status)) {
      throw new SyscallError("follow", ESRCH, `no process has pid ${pid}`);
    }
    // /proc has the threads too, though it does not list them.
    if (status.tgid === pid) return stat;
    const hint = `${pid} is a thread of process ${status.tgid}; name the process`;
    throw new SyscallError("follow", EINVAL, hint);
  }
}
