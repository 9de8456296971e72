/** The thread that starts commands, got ready while the rest of a program is loaded. @module */
import { closeSync } from "node:fs";
import { execAbis, execFilter } from "./filter.ts";
import { SpawnWorker } from "./thread/spawn-worker.ts";
import { unavailable } from "./unavailable.ts";

/** A thread that gets ready to start commands. One that no stop is opened with must be ended. */
export class ExecThread {
  readonly #worker: SpawnWorker;
  #isTaken = false;

  /** Not for callers: `beginExecThread()` makes it. */
  constructor(worker: SpawnWorker) {
    this.#worker = worker;
  }

  /** For `openExecStop()`. @throws TypeError when a stop was opened with it, or it was ended */
  take(): SpawnWorker {
    if (this.#isTaken) throw new TypeError("thread must be one that was not used before");
    this.#isTaken = true;
    return this.#worker;
  }

  /** Lets it end; does nothing once a stop was opened with it. */
  async end(): Promise<void> {
    if (this.#isTaken) return;
    this.#isTaken = true;
    try {
      const { listener } = await this.#worker.begun;
      this.#worker.end();
      closeSync(listener);
    } catch {
      // Then there is none.
    }
  }
}

/**
 * Starts the thread for a stop without `others`, to be given to `openExecStop()` as `thread`. It needs longer to get ready than all the
 * rest, and does so on another CPU, whatever this thread does meanwhile.
 *
 * @throws (rejects) ExecStopUnavailableError where no exec can be stopped at all; what the kernel refuses, the stop says
 */
export async function beginExecThread(): Promise<ExecThread> {
  const abis = process.platform === "linux" ? execAbis(process.arch) : [];
  if (abis.length === 0) throw unavailable("ENOSYS");
  return new ExecThread(await SpawnWorker.start(execFilter(abis)));
}
