import { monotonicMs } from "@task-watchers/linux/clock";
import type { FileDescriptor } from "@task-watchers/linux/file-descriptor";
import type { CallSlots } from "./answer/call-slots.ts";
import type { ExecListener } from "./answer/exec-listener.ts";
import type { ExecStopCounters } from "./counters.ts";
import type { Guard, GuardKind } from "./guard/guard.ts";
import type { Outcomes } from "./outcome/outcomes.ts";
import { checkSpawn, type ExecSpawnOptions } from "./spawn-options.ts";
import type { ExecChild } from "./thread/exec-child.ts";
import type { SpawnWorker } from "./thread/spawn-worker.ts";

/** How long the end of the program waits for a command that is just being started, milliseconds. */
const EXIT_PATIENCE_MS = 5000;
/** How long one look for its exec takes then, milliseconds. */
const EXIT_LOOK_MS = 10;

/** What an open stop is made of. */
export interface ExecStopParts {
  readonly worker: SpawnWorker;
  readonly listener: FileDescriptor;
  readonly slots: CallSlots;
  readonly answers: ExecListener;
  readonly guard: Guard;
  readonly outcomes: Outcomes | undefined;
  readonly counters: ExecStopCounters;
  readonly losesSetuid: boolean;
  readonly waitsKillable: boolean;
  readonly threadId: number;
}

/** Commands whose execs, and those of their whole descent, are stopped and looked at. */
export class ExecStop {
  /**
   * Whether set-user-ID programs and file capabilities count for nothing in the tree: so without CAP_SYS_ADMIN in our user
   * namespace, unless it was so before.
   */
  readonly losesSetuid: boolean;
  /** Whether a signal that does not kill cannot make a stopped exec start anew, or fail with EINTR (since Linux 5.19). */
  readonly waitsKillable: boolean;
  /** The thread of ours that starts the commands, as gettid(2) numbers it. */
  readonly threadId: number;
  /** What stands by for our death. */
  readonly guard: GuardKind;
  readonly #parts: ExecStopParts;
  readonly #onExit = (): void => this.#leave();
  #closed = false;

  /** Not for callers: `openExecStop()` makes it. */
  constructor(parts: ExecStopParts) {
    this.#parts = parts;
    this.losesSetuid = parts.losesSetuid;
    this.waitsKillable = parts.waitsKillable;
    this.threadId = parts.threadId;
    this.guard = parts.guard.kind;
    parts.answers.hold(false);
    process.on("exit", this.#onExit);
  }

  /** A copy, as of now. */
  get counters(): ExecStopCounters {
    return structuredClone(this.#parts.counters);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** `onOutcome` is not called from now on: somebody else learns what becomes of execs, and the looks are saved. Before the first. */
  forgoOutcomes(): void {
    this.#parts.answers.forgoOutcomes();
  }

  /**
   * Starts a command, looked for in PATH, with our own terminal, process group, working directory, umask and limits: that of open
   * files is what Node.js made of it at its start, the hard one. Nice value and CPU affinity are those we had when the stop was
   * opened. Arguments are passed on as UTF-8. The first exec of the command is told before this resolves.
   *
   * @throws (rejects) the error of spawn, such as `ENOENT`; TypeError for a bad argument, a lone surrogate in one too; `EBADF`
   *   after `close()`
   */
  async spawn(
    file: string,
    args: readonly string[] = [],
    options: ExecSpawnOptions = {},
  ): Promise<ExecChild> {
    const checked = checkSpawn(file, args, options);
    if (this.#closed) {
      throw Object.assign(new Error("exec stop is closed"), { code: "EBADF" });
    }
    return await this.#parts.worker.spawn(file, args, checked);
  }

  /**
   * Stops looking. What stands still runs on; what still runs is let pass by the guard from now on, and `ended` of its
   * commands still resolves. Safe twice.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { worker, answers, outcomes, guard, listener, slots } = this.#parts;
    process.off("exit", this.#onExit);
    outcomes?.close();
    worker.end();
    // Without a guard somebody has to answer for as long as we live.
    if (!guard.takeOver()) return answers.letAllPass();
    answers.close();
    slots.close();
    listener.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** At the end of the program: the thread is got out of spawn, the rest is the guard's. */
  #leave(): void {
    const { worker, answers } = this.#parts;
    worker.keepOut();
    const patience = monotonicMs() + EXIT_PATIENCE_MS;
    do answers.letPass(worker.busy ? EXIT_LOOK_MS : 0);
    while (worker.busy && monotonicMs() < patience);
    // The thread waits for its commands, too: should that call be stopped, the program could not end.
    this.#parts.guard.takeOver();
  }
}
