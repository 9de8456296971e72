import { PROC_EVENT_GID, PROC_EVENT_UID } from "../connector/cn-proc.ts";
import { noticeOf } from "./notice.ts";
import type { TaskTableParts } from "./table-parts.ts";
import type { TrackedTask } from "./tracked-task.ts";

/** Where the tasks are that something happens to. */
export interface LiveTasks {
  readonly process: (tgid: number) => TrackedTask | undefined;
  /** A thread that is raised as a task. */
  readonly thread: (tid: number) => TrackedTask | undefined;
}

/** What happens to a task between its beginning and its end, and is no exec: other credentials, and the notices. */
export class TaskChanges {
  readonly #parts: Pick<TaskTableParts, "delivery" | "notices">;
  readonly #tasks: LiveTasks;

  constructor(parts: Pick<TaskTableParts, "delivery" | "notices">, tasks: LiveTasks) {
    this.#parts = parts;
    this.#tasks = tasks;
  }

  /** One event of the kernel; see `ProcEventListener` for the arguments. */
  apply(
    what: number,
    pid: number,
    tgid: number,
    words: readonly [number, number, number, number],
    timeNs: bigint,
  ): void {
    const [real, effective] = words;
    if (what === PROC_EVENT_UID) this.#uid(pid, tgid, real, effective, timeNs);
    else if (what === PROC_EVENT_GID) this.#gid(pid, tgid, real, effective, timeNs);
    else this.#notice(what, pid, tgid, words, timeNs);
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
    const task = this.#tasks.thread(pid) ?? this.#tasks.process(tgid);
    const notice = task && noticeOf(what, pid, words, timeNs);
    if (notice) notices.notice(notice, task);
  }

  /** Credentials belong to threads; the C library changes all of a process's, one event each. The first one's counts. */
  #credentialsOf(pid: number, tgid: number): TrackedTask | undefined {
    return pid === tgid ? this.#tasks.process(tgid) : this.#tasks.thread(pid);
  }
}
