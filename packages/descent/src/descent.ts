import type { ExecChild, ExecSpawnOptions, ExecStop } from "@task-watchers/exec-stop";
import type { OpenEventSource } from "@task-watchers/tasks";
import type { StoppedDescent } from "./descent-source.ts";

/** Commands of which every task event is told. */
export class Descent {
  /** What stops their calls. Start commands by `spawn` below, not with it. */
  readonly stop: ExecStop;
  /** Sentences for the user: what will be incomplete, and why. None when nothing will be. */
  readonly notes: readonly string[];
  /** Whether perf's records are had: forks, threads and ends of everything. */
  readonly hasRecords: boolean;
  /** For `watchTasks({ events })`, once. @throws Error when a watch has been opened on it before */
  readonly open: OpenEventSource;
  readonly #source: StoppedDescent;
  readonly #onRoot: (pid: number) => void;
  #isAttached = false;

  /** Not for callers: `openDescent()` makes it. */
  constructor(stop: ExecStop, source: StoppedDescent, onRoot: (pid: number) => void) {
    this.stop = stop;
    this.notes = source.notes;
    this.hasRecords = source.hasRecords;
    this.open = source.open;
    this.#source = source;
    this.#onRoot = onRoot;
  }

  /**
   * Starts a command, as `ExecStop.spawn()` does.
   *
   * @throws (rejects) Error when no watch has been opened yet; PerfUnavailableError when records were to be had a moment before;
   *   as `ExecStop.spawn()`
   */
  async spawn(
    file: string,
    args: readonly string[] = [],
    options: ExecSpawnOptions = {},
  ): Promise<ExecChild> {
    if (!this.#isAttached) this.#source.attach(this.stop, this.#onRoot);
    this.#isAttached = true;
    return await this.stop.spawn(file, args, options);
  }

  /** Stops looking; what still runs is let pass. Close the watch before. Safe twice. */
  async close(): Promise<void> {
    await this.stop.close();
    this.#source.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
