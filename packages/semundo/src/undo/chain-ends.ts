import type { Task, TaskWatchers, Watch, WatcherRegistration } from "@task-watchers/chain";
import type { ProcessIdentity } from "./process-identity.ts";

/**
 * Where ends are heard of: `per-task` puts a watcher on the holder's own chain at its first operation, so that tasks that hold
 * nothing cost nothing; `global` has one watcher hear of every task's end.
 */
export type UndoVariant = "per-task" | "global";

interface Waiting {
  readonly process: ProcessIdentity;
  readonly onEnd: () => void;
  registration?: WatcherRegistration | undefined;
  retry?: NodeJS.Timeout | undefined;
}

/** A process just started becomes a task when its event is read; then it is looked for once more, milliseconds. */
const LOOK_AGAIN_MS = 20;

/** Ends of holders as task events tell them, while a watch is in progress. */
export class ChainEnds {
  readonly #watchers: TaskWatchers;
  readonly #variant: UndoVariant;
  /** By pid; a pid that is reused may have two for a moment. */
  readonly #waiting = new Map<number, Set<Waiting>>();
  #watch: Watch | undefined;

  constructor(watchers: TaskWatchers, variant: UndoVariant) {
    this.#watchers = watchers;
    this.#variant = variant;
  }

  /** A watch begins: those that hold already are looked up in it. */
  open(watch: Watch): void {
    this.#watch = watch;
    if (this.#variant === "global") return;
    for (const waiters of this.#waiting.values()) {
      for (const waiting of waiters) this.#register(waiting);
    }
  }

  close(): void {
    this.#watch = undefined;
  }

  /** @returns the undo */
  readonly add = (process: ProcessIdentity, onEnd: () => void): (() => void) => {
    const waiting: Waiting = { process, onEnd };
    const waiters = this.#waiting.get(process.pid) ?? new Set();
    waiters.add(waiting);
    this.#waiting.set(process.pid, waiters);
    if (this.#variant === "per-task" && this.#watch !== undefined && !this.#register(waiting)) {
      waiting.retry = setTimeout(() => this.#register(waiting), LOOK_AGAIN_MS).unref();
    }
    return () => {
      clearTimeout(waiting.retry);
      waiters.delete(waiting);
      if (waiters.size === 0 && this.#waiting.get(process.pid) === waiters) {
        this.#waiting.delete(process.pid);
      }
      void waiting.registration?.unregister();
    };
  };

  /** For the global variant: called for the end of every task. */
  readonly ended = ({ pid, tgid }: Task): void => {
    if (pid !== tgid) return;
    const waiters = this.#waiting.get(pid);
    if (waiters === undefined) return;
    for (const { onEnd } of Array.from(waiters)) onEnd();
  };

  /** @returns whether the task is known */
  #register(waiting: Waiting): boolean {
    const task = this.#taskOf(waiting.process);
    if (task === undefined || waiting.registration !== undefined) return task !== undefined;
    waiting.registration = this.#watchers.registerOn(task, {
      name: "semundo",
      exit: () => waiting.onEnd(),
    });
    return true;
  }

  #taskOf({ pid, startTicks }: ProcessIdentity): Task | undefined {
    if (this.#watch === undefined) return undefined;
    for (const task of this.#watch.tasks()) {
      if (task.pid === pid && isOf(task, startTicks)) return task;
    }
    return undefined;
  }
}

/** A task known by its fork event may have its start one tick late. */
function isOf({ id }: Task, startTicks: number): boolean {
  const ticks = Number(id.slice(id.indexOf(".") + 1));
  return Math.abs(ticks - startTicks) <= 1;
}
