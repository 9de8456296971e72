import { closeSync, openSync } from "node:fs";
import { isatty } from "node:tty";
import { type TaskWatcher, taskWatchers, type WatcherRegistration } from "@task-watchers/chain";
import type { TaskWatch } from "@task-watchers/tasks";
import { describeEnd } from "../report/format.ts";
import { describeCommand, hasFailed } from "../report/task-tree.ts";
import { commandLine } from "../report/terminal-text.ts";
import { executionOf } from "./execution.ts";
import { LiveScreen } from "./live-screen.ts";
import { LiveTasks } from "./live-tasks.ts";
import { OutputSpool } from "./output-spool.ts";

/** How often output is passed on once the user wants no screen any more, milliseconds. */
const FOLLOW_MS = 100;

/**
 * `run --live`: the screen has the terminal, so the command's output goes to a file without a name where it was meant for
 * a terminal; its latest lines are on the screen, and all of it is written to the terminal at the end, or from when the
 * user quits the screen. Output that goes elsewhere anyway, and input that is no terminal, are the command's own.
 */
export class RunScreen {
  readonly #tasks = new LiveTasks();
  readonly #registration: WatcherRegistration;
  readonly #spool: OutputSpool | undefined;
  readonly #screen: LiveScreen;
  readonly #nothing: number | undefined;
  #following: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** The command's standard streams. */
  readonly stdio: [number, number, number];

  /**
   * Begins at once.
   *
   * @param stdout descriptor that the command's standard output is meant for
   * @throws the error of open(2) for the file of the output
   */
  constructor(command: readonly string[], stdout: number, watch: TaskWatch) {
    const terminal = [2, stdout].find((descriptor) => isatty(descriptor));
    this.#spool = terminal === undefined ? undefined : new OutputSpool(terminal);
    const spool = this.#spool;
    const ours = (descriptor: number): number =>
      spool && isatty(descriptor) ? spool.descriptor : descriptor;
    // Two readers of one keyboard would each get half of the keys.
    this.#nothing = isatty(0) ? openSync("/dev/null", "r") : undefined;
    this.stdio = [this.#nothing ?? 0, ours(stdout), ours(2)];
    watch.listen({
      execFailed: (notice, task) => {
        if (notice.raised) this.#tasks.notExecuted(task.id);
      },
    });
    this.#registration = taskWatchers.chain.register(watcherOf(this.#tasks));
    this.#screen = new LiveScreen(process.stderr, this.#tasks, {
      title: commandLine(command),
      ends: "q plain output",
      ...(spool && { output: () => spool.lines() }),
      beforePicture: () => {
        const { connector, source } = watch.counters();
        this.#tasks.lost = connector?.lost ?? source?.counters.lost ?? 0;
      },
      onQuit: () => this.#quit(),
    });
    process.once("exit", this.#onExit);
  }

  /** Gives the terminal back and writes what the command has written to it. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    process.off("exit", this.#onExit);
    clearInterval(this.#following);
    // Resolves when no watcher is at work any more.
    void this.#registration.unregister();
    this.#screen.close();
    this.#spool?.replay();
    this.#spool?.close();
    if (this.#nothing !== undefined) closeSync(this.#nothing);
  }

  #quit(): void {
    this.#screen.close();
    this.#spool?.replay();
    this.#following ??= setInterval(() => this.#spool?.replay(), FOLLOW_MS);
  }

  readonly #onExit = (): void => this.close();
}

function watcherOf(tasks: LiveTasks): TaskWatcher {
  return {
    name: "task-watchers run --live",
    priority: Number.MAX_SAFE_INTEGER,
    init(event, task) {
      tasks.began({
        id: task.id,
        pid: task.pid,
        tgid: task.tgid,
        ppid: task.ppid,
        parentId: task.parent?.id,
        startNs: task.startNs,
        command: `(${task.exec ? describeCommand(task.exec) : "?"})`,
        euid: task.ids?.euid,
        existing: event.existing === true,
      });
    },
    exec(event, task) {
      tasks.executed(task.id, executionOf(event, task.ids));
    },
    uid(event, task) {
      tasks.changedUser(task.id, event.euid);
    },
    exit(event, task) {
      tasks.ended(task.id, {
        timeNs: event.timeNs,
        durationNs: event.durationNs,
        text: describeEnd(event),
        hasFailed: hasFailed(event),
      });
    },
  };
}
