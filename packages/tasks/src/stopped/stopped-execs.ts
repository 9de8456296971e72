import { type ExecEvent, isMissing, NOTIFY_STOP_MASK, notifierToErrno } from "@task-watchers/chain";
import { getSystemErrorName } from "node:util";
import { UNHEARD } from "../table/exec-facts.ts";
import type { TrackedTask } from "../table/tracked-task.ts";
import type { ExecLedger, OpenExec } from "./exec-ledger.ts";
import type { StoppedExec, StoppedExecHints, StoppedExecResult } from "./stopped-exec.ts";

/** What became of the execs that were stopped. */
export interface StoppedCounters {
  /** Execs that were stopped and whose task is known. */
  readonly stopped: number;
  /** Did not happen, by themselves. */
  readonly failed: number;
  /** Did not happen, because a watcher said so; by its name. */
  readonly refused: Readonly<Record<string, number>>;
  /** Went on because a watcher had not answered in time; by its name. */
  readonly late: Readonly<Record<string, number>>;
  /** Of tasks that we could not find: nobody heard of them. */
  readonly unknown: number;
}

/** What this needs of the watch. */
export interface StoppedExecsParts {
  readonly ledger: ExecLedger;
  readonly confirms: () => boolean;
  /** The task that makes the call, after all events that came before; undefined when it cannot be had. */
  readonly taskOf: (exec: StoppedExec) => TrackedTask | undefined;
  /** Raises the event, after whatever still waits for this task; gives the chain's answer. */
  readonly ask: (task: TrackedTask, event: ExecEvent) => number | PromiseLike<number>;
  /** Tells an exec that ran although it was bound to fail. */
  readonly tell: (task: TrackedTask, event: ExecEvent) => void;
  /** Whether anybody hears of execs. */
  readonly isHeard: () => boolean;
  /** The watcher called last for this event. */
  readonly lastCalled: (event: ExecEvent) => string | undefined;
}

/** Name for what no watcher's name is known of. */
const UNNAMED = "(unknown)";

/**
 * Execs that somebody stops before they are made: each is raised as `exec` with `stopped`, and the chain's answer decides. When
 * the kernel's own event of it comes, that only confirms it; when none comes, `execFailed` takes it back.
 */
export class StoppedExecs {
  readonly #parts: StoppedExecsParts;
  #stopped = 0;
  #failed = 0;
  #unknown = 0;
  readonly #refused: Record<string, number> = {};
  readonly #late: Record<string, number> = {};
  #closed = false;

  /** Not for callers: `TaskWatch` makes it. */
  constructor(parts: StoppedExecsParts) {
    this.#parts = parts;
  }

  /** Whether the watch itself learns which execs happen. If not, `settle` has to say so of each. */
  get confirms(): boolean {
    return this.#parts.confirms();
  }

  counters(): StoppedCounters {
    return {
      stopped: this.#stopped,
      failed: this.#failed,
      refused: { ...this.#refused },
      late: { ...this.#late },
      unknown: this.#unknown,
    };
  }

  /**
   * To be called while the task stands still; what is returned decides what becomes of it, at once or, if it is a promise, when
   * that resolves.
   *
   * @returns 0 when the exec may go on, else what the watcher that refuses it answered (`notifierToErrno()` has the error). A
   *   promise while a watcher is at work; never rejects
   */
  raise(exec: StoppedExec, hints: StoppedExecHints = {}): number | PromiseLike<number> {
    if (this.#closed) return 0;
    const { ledger, ask, taskOf, isHeard } = this.#parts;
    const task = taskOf(exec);
    if (task === undefined) {
      this.#unknown++;
      return 0;
    }
    this.#stopped++;
    const event = hints.expected === undefined ? eventOf(exec, isHeard()) : undefined;
    const before = task.exec;
    const state = { before, answered: false, unsure: false };
    const open: OpenExec = { exec, hints, task, path: exec.file, event, ...state };
    ledger.add(open);
    if (event === undefined) {
      ledger.answered(open);
      return 0;
    }
    const answer = ask(task, event);
    if (typeof answer === "number") return this.#answer(open, event, answer);
    return answer.then((number) => this.#answer(open, event, number));
  }

  /**
   * The exec went on because its answer took too long.
   *
   * @returns the name of the watcher that was waited for, if it is known
   */
  late(exec: StoppedExec): string | undefined {
    const open = this.#parts.ledger.find(exec);
    const name = open?.event && this.#parts.lastCalled(open.event);
    count(this.#late, name ?? UNNAMED);
    if (open !== undefined) this.#parts.ledger.answered(open);
    return name;
  }

  /** Whoever stopped the exec has learned what became of it. Not needed where the watch `confirms`. */
  settle(exec: StoppedExec, result: StoppedExecResult): void {
    const { ledger, tell } = this.#parts;
    const open = ledger.find(exec);
    if (open === undefined) return;
    const { outcome, code, certain } = result;
    if (outcome !== "ran") {
      ledger.fail(open, { ...(code !== undefined && { code }), certain });
      return;
    }
    ledger.close(open);
    if (open.event === undefined) tell(open.task, ranAfterAll(exec));
  }

  /** Not for callers: an exec did not happen. */
  count(name: string | undefined, isRefused: boolean): void {
    if (isRefused) count(this.#refused, name ?? UNNAMED);
    else this.#failed++;
  }

  /** Not for callers: execs that are stopped go on from now on, and nobody hears of them. */
  close(): void {
    this.#closed = true;
    this.#parts.ledger.end();
  }

  #answer(open: OpenExec, event: ExecEvent, answer: number): number {
    const { ledger, lastCalled } = this.#parts;
    // It went on, or its task ended, before this answer came.
    if (open.answered || ledger.find(open.exec) === undefined) return 0;
    // Only what stops the chain is meant to stop anything.
    const errno = (answer & NOTIFY_STOP_MASK) === 0 ? 0 : notifierToErrno(answer);
    if (errno === 0) {
      ledger.answered(open);
      return 0;
    }
    const by = lastCalled(event);
    const refused = { ...(by !== undefined && { by }), errno: -errno };
    ledger.fail(open, { code: getSystemErrorName(errno), refused, certain: true });
    return answer;
  }
}

/** The exec as it is raised while its task stands still: to nobody, what its task runs has to be known all the same. */
function eventOf(exec: StoppedExec, isHeard: boolean): ExecEvent {
  return eventWith(exec, isHeard ? exec.cwd : UNHEARD, isHeard ? exec.cgroup : UNHEARD, true);
}

/** The event of an exec whose facts were read while it stood still. */
export function ranAfterAll(exec: StoppedExec): ExecEvent {
  return eventWith(exec, exec.cwd, exec.cgroup, false);
}

function eventWith(
  { timeNs, argv, argvTruncatedBytes: cut, file }: StoppedExec,
  cwd: ExecEvent["cwd"],
  cgroup: ExecEvent["cgroup"],
  isStopped: boolean,
): ExecEvent {
  return {
    type: "exec",
    timeNs,
    ...(!isMissing(argv) && STOP),
    exe: file,
    argv,
    ...(cut > 0 && { argvTruncatedBytes: cut }),
    cwd,
    cgroup,
    ...(isStopped && STOPPED),
  };
}

const STOP = { source: "stop" } as const;
const STOPPED = { stopped: true } as const;

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
