import {
  TASK_NOTICES,
  type Task,
  type TaskNotice,
  type TaskNoticeName,
} from "@task-watchers/chain";
import type { Watch, WatchListener, WatchLoss } from "@task-watchers/chain";

/** Who hears what a watch tells beside the chain. */
export interface EarSink {
  lost(loss: WatchLoss): void;
  notice(notice: TaskNotice, task: Task): void;
}

/** Listens to one watch for losses, and for those notices that are wanted: the kernel sends no others. */
export class WatchEar {
  readonly #watch: Watch;
  readonly #sink: EarSink;
  #wanted = "";
  #stop: (() => void) | undefined;

  constructor(watch: Watch, sink: EarSink) {
    this.#watch = watch;
    this.#sink = sink;
    this.#listen([]);
  }

  /**
   * Changes which notices are wanted.
   *
   * @throws what the watch throws when it cannot have them; what was told before is told on
   */
  want(notices: ReadonlySet<TaskNoticeName>): void {
    const names = TASK_NOTICES.filter((name) => notices.has(name));
    if (names.join() === this.#wanted) return;
    this.#listen(names);
    this.#wanted = names.join();
  }

  close(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  /** The one before is stopped only then: what both want goes on without a break. */
  #listen(names: readonly TaskNoticeName[]): void {
    const before = this.#stop;
    this.#stop = this.#watch.listen?.(this.#listener(names));
    before?.();
  }

  #listener(names: readonly TaskNoticeName[]): WatchListener {
    const { lost, notice } = this.#sink;
    return { lost, ...Object.fromEntries(names.map((name) => [name, notice])) };
  }
}
