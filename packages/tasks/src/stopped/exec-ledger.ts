import type { ExecEvent, ExecFailedNotice, Missing } from "@task-watchers/chain";
import type { TrackedTask } from "../table/tracked-task.ts";
import type { StoppedExec, StoppedExecHints } from "./stopped-exec.ts";

/** An exec that was not confirmed is looked at so long after its answer, or up to twice that, and as long after that again; milliseconds. */
const LOOK_MS = 100;

/** An exec that was stopped, and of which it is not known whether it has happened. */
export interface OpenExec {
  readonly exec: StoppedExec;
  readonly hints: StoppedExecHints;
  readonly task: TrackedTask;
  /** The file, read while the task stood still. */
  readonly path: string | Missing;
  /** The event that was raised; absent when the exec is bound to fail. */
  readonly event: ExecEvent | undefined;
  /** What the task ran before. */
  before: ExecEvent | undefined;
  /** It may go on. */
  answered: boolean;
  /** Events were lost since: that none confirmed it proves nothing. */
  unsure: boolean;
  /** It is older than a look. */
  isOld?: boolean;
}

/** What the ledger needs of its surroundings. */
export interface LedgerParts {
  /** Whether the kernel's own event confirms each exec that happens. */
  readonly confirms: () => boolean;
  /** Reads every event that waits. */
  readonly drain: () => void;
  /** The exec did not happen. */
  readonly failed: (open: OpenExec, notice: ExecFailedNotice) => void;
}

/** How an exec failed. */
type Failure = Pick<ExecFailedNotice, "code" | "refused" | "certain">;

/**
 * The execs of which it is not known whether they have happened. The kernel's own EXEC event confirms one. Without it, one
 * has failed when its task has ended, or its thread makes another exec, or is seen elsewhere than in the call.
 */
export class ExecLedger {
  readonly #parts: LedgerParts;
  readonly #byTask = new Map<TrackedTask, OpenExec[]>();
  readonly #byExec = new Map<StoppedExec, OpenExec>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
  }

  /** Execs that are open. */
  get size(): number {
    return this.#byExec.size;
  }

  find(exec: StoppedExec): OpenExec | undefined {
    return this.#byExec.get(exec);
  }

  /** Takes one in. What the same thread asked for before and did not get has failed. */
  add(open: OpenExec): void {
    const { task, exec } = open;
    for (const earlier of [...(this.#byTask.get(task) ?? [])]) {
      if (earlier.exec.pid === exec.pid && this.#parts.confirms()) this.#conclude(earlier);
    }
    // What is taken out goes out of the list as well.
    const list = this.#byTask.get(task);
    if (list === undefined) this.#byTask.set(task, [open]);
    else list.push(open);
    this.#byExec.set(exec, open);
    open.before = task.exec;
  }

  /** It has been let go. */
  answered(open: OpenExec): void {
    open.answered = true;
    if (this.#parts.confirms()) this.#timer ??= setTimeout(this.#look, LOOK_MS).unref();
  }

  /**
   * The kernel says that a task has made an exec.
   *
   * @param timeNs when
   * @returns which it was; undefined when that was none of these
   */
  confirm(task: TrackedTask, timeNs: bigint): OpenExec | undefined {
    const list = this.#byTask.get(task);
    if (list === undefined) return undefined;
    const isBefore = (open: OpenExec): boolean => open.exec.timeNs <= timeNs;
    // One that was not answered can have gone on only if somebody else let it.
    const made =
      list.findLast((open) => open.answered && isBefore(open)) ?? list.findLast(isBefore);
    if (made === undefined) return undefined;
    this.#remove(made);
    for (const open of [...list]) if (isBefore(open) && open.answered) this.#conclude(open);
    return made;
  }

  /** It did not happen. */
  fail(open: OpenExec, failure: Failure): void {
    this.#remove(open);
    const { exec, event, hints } = open;
    for (const later of this.#byTask.get(open.task) ?? []) {
      if (later.before === event && event !== undefined) later.before = open.before;
    }
    const code = failure.code ?? hints.expected ?? hints.whyFailed?.();
    this.#parts.failed(open, {
      type: "exec-failed",
      timeNs: exec.timeNs,
      pid: exec.pid,
      path: open.path,
      argv: exec.argv,
      ...failure,
      ...(code !== undefined && { code }),
      raised: event !== undefined,
    });
  }

  /** It did happen, or that is the best guess. */
  close(open: OpenExec): void {
    this.#remove(open);
  }

  /** The task is about to be told ended. */
  ended(task: TrackedTask): void {
    if (!this.#parts.confirms()) return;
    for (const open of [...(this.#byTask.get(task) ?? [])]) this.#conclude(open);
  }

  /** Events were lost, confirmations perhaps among them. */
  lost(): void {
    for (const open of this.#byExec.values()) open.unsure = true;
  }

  /** Nothing more will be learned. */
  end(): void {
    clearTimeout(this.#timer);
    for (const open of [...this.#byExec.values()]) {
      open.unsure = true;
      this.#conclude(open);
    }
  }

  /** It was not confirmed, and will not be. */
  #conclude(open: OpenExec): void {
    if (!open.unsure) this.fail(open, { certain: true });
    else if (open.hints.expected !== undefined) this.fail(open, { certain: false });
    else this.#remove(open);
  }

  #remove(open: OpenExec): void {
    this.#byExec.delete(open.exec);
    const list = this.#byTask.get(open.task);
    const at = list?.indexOf(open) ?? -1;
    if (at >= 0) list?.splice(at, 1);
    if (list?.length === 0) this.#byTask.delete(open.task);
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    const over = [...this.#byExec.values()].filter(isOver);
    // An exec that succeeded before that look has its event queued by now.
    this.#parts.drain();
    for (const open of over) if (this.#byExec.has(open.exec)) this.#conclude(open);
    if (this.#byExec.size > 0) this.#timer ??= setTimeout(this.#look, LOOK_MS).unref();
  };
}

function isOver(open: OpenExec): boolean {
  const { answered, hints, isOld } = open;
  if (answered) open.isOld = true;
  return answered && isOld === true && hints.isOver?.() === true;
}
