import type { TaskFigures } from "./task-figures.ts";

/** A task as the live screen knows it. All text is fit for a terminal. */
export interface LiveTask {
  /** Stable id on this boot. */
  readonly id: string;
  readonly pid: number;
  readonly tgid: number;
  readonly ppid: number;
  readonly startNs: bigint;
  readonly parent: LiveTask | undefined;
  readonly children: Set<LiveTask>;
  command: string;
  /** What it ran before that. */
  before: string;
  /** Programs it ran, one after the other. */
  execs: number;
  euid: number | undefined;
  exe: string | undefined;
  cwd: string | undefined;
  cgroup: string | undefined;
  end: LiveEnd | undefined;
  /** What /proc said last; absent of one that ended before it was looked at. */
  figures: TaskFigures | undefined;
}

export interface LiveEnd {
  readonly timeNs: bigint;
  /** Nanoseconds from its start; absent when that is not known. */
  readonly durationNs: bigint | undefined;
  /** How it ended, in words. */
  readonly text: string;
  readonly hasFailed: boolean;
}

/** What is known of a task when it begins. */
export type Beginning = Pick<
  LiveTask,
  "id" | "pid" | "tgid" | "ppid" | "startNs" | "command" | "euid"
> & {
  /** Stable id of its parent; absent where only its pid is known. */
  readonly parentId: string | undefined;
  /** It was there before. */
  readonly existing: boolean;
};

/** What is known of an exec. */
export type Execution = Pick<LiveTask, "command" | "exe" | "cwd" | "cgroup" | "euid">;

/** Ended tasks that are kept. */
const ENDED_KEPT = 1000;

/** The tasks of a watch while it goes on: all that live, the latest that ended, and totals of all. */
export class LiveTasks {
  readonly #byId = new Map<string, LiveTask>();
  /** Living processes by pid. */
  readonly #leaders = new Map<number, LiveTask>();
  readonly #living = new Set<LiveTask>();
  readonly #ended: LiveTask[] = [];
  forks = 0;
  execs = 0;
  exits = 0;
  failed = 0;
  /** Events that were lost, as far as somebody counted. */
  lost = 0;
  /** Losses of which nobody knows how many events they were. */
  lostUncounted = 0;

  /** Those that live. */
  get living(): ReadonlySet<LiveTask> {
    return this.#living;
  }

  /** Every task that is kept. */
  all(): Iterable<LiveTask> {
    return this.#byId.values();
  }

  get(id: string): LiveTask | undefined {
    return this.#byId.get(id);
  }

  began(known: Beginning): LiveTask {
    const before = this.#byId.get(known.id);
    if (before) return before;
    const { parentId, existing, ...facts } = known;
    const parent =
      (parentId === undefined ? undefined : this.#byId.get(parentId)) ??
      this.#leaders.get(known.pid === known.tgid ? known.ppid : known.tgid);
    const task: LiveTask = {
      ...facts,
      before: facts.command,
      parent,
      children: new Set(),
      execs: 0,
      exe: undefined,
      cwd: undefined,
      cgroup: undefined,
      end: undefined,
      figures: undefined,
    };
    if (!existing) this.forks++;
    parent?.children.add(task);
    this.#byId.set(task.id, task);
    this.#living.add(task);
    if (task.pid === task.tgid) this.#leaders.set(task.pid, task);
    return task;
  }

  executed(id: string, { euid, ...facts }: Execution): void {
    this.execs++;
    const task = this.#byId.get(id);
    if (task === undefined) return;
    task.before = task.command;
    Object.assign(task, facts);
    task.euid = euid ?? task.euid;
    task.execs++;
  }

  /** The exec that was told last did not happen. */
  notExecuted(id: string): void {
    this.execs--;
    const task = this.#byId.get(id);
    if (task === undefined) return;
    task.command = task.before;
    task.execs--;
  }

  /** It runs as another user now. */
  changedUser(id: string, euid: number): void {
    const task = this.#byId.get(id);
    if (task) task.euid = euid;
  }

  ended(id: string, end: LiveEnd): void {
    this.exits++;
    if (end.hasFailed) this.failed++;
    const task = this.#byId.get(id);
    if (task === undefined || task.end !== undefined) return;
    task.end = end;
    this.#living.delete(task);
    if (this.#leaders.get(task.pid) === task) this.#leaders.delete(task.pid);
    this.#ended.push(task);
    if (this.#ended.length > 2 * ENDED_KEPT) {
      for (const old of this.#ended.splice(0, ENDED_KEPT)) this.#forget(old);
    }
  }

  missed(count: number | null): void {
    if (count === null) this.lostUncounted++;
    else this.lost += count;
  }

  /** Its living descendants keep it; they become roots when it was not told of at all. */
  #forget(task: LiveTask): void {
    if (task.children.size > 0) {
      this.#ended.push(task);
      return;
    }
    this.#byId.delete(task.id);
    task.parent?.children.delete(task);
  }
}
