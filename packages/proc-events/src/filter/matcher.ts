import { TASK_NOTICES, type Task, type TaskNoticeName } from "@task-watchers/chain";
import type { ExitedEvent, ProcEventKind, TaskProcEvent } from "../event/proc-event.ts";
import { checkFilter, DEFAULT_KINDS } from "./check-filter.ts";
import { Descent } from "./descent.ts";
import type { ProcEventFilter } from "./filter.ts";
import { type CommandPatterns, matchesCommand } from "./match-command.ts";

const NS_PER_MS = 1e6;

/** A filter made ready to judge many events. One that names pids must be told of every task that begins. */
export class Matcher {
  /** The kinds it can let through at all. */
  readonly kinds: ReadonlySet<ProcEventKind>;
  /** Whether tasks that are there already are wanted first. */
  readonly existing: boolean;
  readonly #descent: Descent | undefined;
  readonly #uids: ReadonlySet<number> | undefined;
  readonly #command: CommandPatterns | undefined;
  readonly #cgroup: string | undefined;
  readonly #failed: boolean;
  readonly #minDurationNs: number | undefined;
  readonly #threads: boolean;

  /** @throws TypeError or RangeError on a bad filter */
  constructor(filter: ProcEventFilter) {
    checkFilter(filter);
    const { pid, uid, command, cgroup, failed = false, minDurationMs, threads = false } = filter;
    this.kinds = kindsOf(filter);
    this.existing = (filter.existing ?? pid !== undefined) && this.kinds.has("fork");
    this.#descent = pid === undefined ? undefined : new Descent([pid].flat());
    this.#uids = uid === undefined ? undefined : new Set([uid].flat());
    this.#command = command;
    this.#cgroup = cgroup?.replace(/\/+$/u, "");
    this.#failed = failed;
    this.#minDurationNs = minDurationMs === undefined ? undefined : minDurationMs * NS_PER_MS;
    this.#threads = threads;
  }

  /**
   * Takes note of the tasks there are, before the first event.
   *
   * @throws Error `ESRCH` when a process that the filter names is not there, `EINVAL` when it is a thread
   */
  seed(tasks: Iterable<Task>): void {
    this.#descent?.seed(tasks);
  }

  /** A task began, or was found: to be told before `matches` is asked of it, whatever the filter's kinds. */
  began(task: Task): void {
    this.#descent?.began(task);
  }

  /**
   * A task ended: to be told once of each that was told to `began` or `seed`, after its exit was matched.
   *
   * @returns whether nothing can be let through any more: the filter names processes, and nobody is left of their descent
   */
  ended(task: Task): boolean {
    if (this.#descent === undefined || !this.#descent.holds(task)) return false;
    this.#descent.ended(task);
    return this.#descent.isOver;
  }

  /** Whether the event is let through; `task` is as it was when the event was told. */
  matches(event: TaskProcEvent, task: Task): boolean {
    return (
      this.kinds.has(event.type) &&
      (this.#threads || isOfProcess(event)) &&
      (event.type !== "exit" || this.#letsExit(event)) &&
      (this.#uids === undefined || isAmong(this.#uids, event, task)) &&
      (this.#descent === undefined || this.#descent.holds(task)) &&
      (this.#cgroup === undefined || isBelow(this.#cgroup, event.exec?.cgroup)) &&
      (this.#command === undefined || matchesCommand(this.#command, event.exec))
    );
  }

  #letsExit({ code, signal, durationNs }: ExitedEvent): boolean {
    if (this.#failed && signal === undefined && (code === undefined || code === 0)) return false;
    if (this.#minDurationNs === undefined) return true;
    return durationNs !== undefined && Number(durationNs) >= this.#minDurationNs;
  }
}

/** The notices that somebody with this filter wants of the kernel. */
export function neededNotices(filter: ProcEventFilter): readonly TaskNoticeName[] {
  const kinds = kindsOf(filter);
  return TASK_NOTICES.filter((notice) => kinds.has(notice));
}

function kindsOf(filter: ProcEventFilter): ReadonlySet<ProcEventKind> {
  const { kinds = DEFAULT_KINDS, failed, minDurationMs } = filter;
  return new Set(failed === true || minDurationMs !== undefined ? ["exit"] : kinds);
}

/** A new session and a core dump are the process's, whichever thread the kernel names. */
function isOfProcess({ type, pid, tgid }: TaskProcEvent): boolean {
  return pid === tgid || type === "sid" || type === "coredump";
}

function isAmong(uids: ReadonlySet<number>, event: TaskProcEvent, task: Task): boolean {
  const ids = event.type === "uid" ? event : task.ids;
  return ids !== undefined && (uids.has(ids.ruid) || uids.has(ids.euid));
}

function isBelow(group: string, cgroup: unknown): boolean {
  return typeof cgroup === "string" && (cgroup === group || cgroup.startsWith(`${group}/`));
}
