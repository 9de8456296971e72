import { readlinkSync } from "node:fs";
import type { StoppedDescent } from "@task-watchers/descent";
import type { ExecThread } from "@task-watchers/exec-stop/thread";
import type * as execWatch from "@task-watchers/exec-stop/watch";
import type { PreparedExecStop, StopExecsOptions } from "@task-watchers/exec-stop/watch";
import { decodeText } from "@task-watchers/linux/text";
import type { TaskWatch } from "@task-watchers/tasks";
import { load } from "../load.ts";
import { printable } from "../report/terminal-text.ts";
import { beginThread } from "./begin-thread.ts";
import { type StartCommand, startChild, withInherited } from "./child.ts";
import { mayStopExecs, type RunArguments } from "./run-arguments.ts";

/** What a run needs to tell the user of execs. */
export interface CommandExecsParts {
  /** A remark. */
  readonly note: (line: string) => void;
  /** Something went wrong, though the command goes on. */
  readonly trouble: (line: string) => void;
}

/** Of the execs that went on unanswered, how many are told one by one. */
const LATE_SHOWN = 3;

/** How the command is started, and its execs are learned of: stopped before they are made, or told afterwards. */
export class CommandExecs {
  readonly #args: RunArguments;
  readonly #inherited: readonly number[];
  #parts: CommandExecsParts | undefined;
  #opening: Promise<PreparedExecStop | Error> | undefined;
  #stop: PreparedExecStop | undefined;
  #descent: StoppedDescent | undefined;
  #late = 0;

  /** @param inherited descriptors that are passed on besides the standard streams */
  constructor(args: RunArguments, inherited: readonly number[] = []) {
    this.#args = args;
    this.#inherited = inherited;
  }

  /** Where remarks go from now on. */
  tellTo(parts: CommandExecsParts): void {
    this.#parts = parts;
  }

  /** Begins to open the stop, if one is wanted. @param thread that starts the command */
  open(thread?: Promise<ExecThread>): void {
    if (!mayStopExecs(this.#args) || this.#opening !== undefined) return;
    this.#opening = this.#prepare(threadOption(thread ?? beginThread()));
  }

  /**
   * Opens a stop that also tells what else becomes of the command's descent, in the place of the one opened before.
   *
   * @returns undefined when there can be none
   */
  async openDescent(): Promise<StoppedDescent | undefined> {
    if (!mayStopExecs(this.#args)) return undefined;
    await this.close();
    const { descentSource } = await import("@task-watchers/descent");
    const descent = descentSource();
    this.#opening = this.#prepare(Promise.resolve({ others: descent.others }));
    if ((await this.#opening) instanceof Error) {
      descent.close();
      return undefined;
    }
    return (this.#descent = descent);
  }

  async #prepare(
    own: Promise<Pick<StopExecsOptions, "others" | "thread">>,
  ): Promise<PreparedExecStop | Error> {
    try {
      const options = await own;
      const { prepareExecStop } = await load<typeof execWatch>("@task-watchers/exec-stop/watch");
      return await prepareExecStop({
        ...options,
        onLate: (_call, watcher) => this.#tellLate(watcher),
        onTrouble: ({ kind, message }) => {
          if (kind !== "late") this.#parts?.trouble(`exec stop: ${printable(message)}`);
        },
      });
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /**
   * Whether execs are stopped. Says why if they are not.
   *
   * @throws ExecStopUnavailableError when they have to be
   */
  async ready(): Promise<boolean> {
    this.open();
    const opened = await this.#opening;
    if (opened === undefined) return false;
    if (!(opened instanceof Error)) {
      this.#stop = opened;
      return true;
    }
    const isNeeded = this.#args.execs === "stop" || !this.#args.deny.isEmpty;
    if (isNeeded || !("remedy" in opened)) throw opened;
    this.#parts?.note(
      `${printable(opened.message)}; arguments are read from /proc, where short programs are missed`,
    );
    return false;
  }

  /** How to start the command. @param onStart called with its pid */
  starter(watch: TaskWatch, onStart: (pid: number) => void): StartCommand {
    const prepared = this.#stop;
    const known = { argv: this.#args.command, ...workingDirectory() };
    if (prepared === undefined) {
      return startChild(this.#inherited, (pid) => {
        onStart(pid);
        watch.follow(pid, known);
      });
    }
    const stop = prepared.begin(this.#descent?.around(watch) ?? watch);
    this.#descent?.attach(stop, (pid) => watch.follow(pid, known));
    if (stop.losesSetuid) {
      this.#parts?.note(
        "set-user-ID programs such as sudo gain no rights in this command; --no-exec-stop leaves them theirs",
      );
    }
    return async (file, args, { stdio }) => {
      const child = await stop.spawn(file, args, { stdio: withInherited(stdio, this.#inherited) });
      onStart(child.pid);
      return child;
    };
  }

  /** What still runs is let pass from now on. */
  async close(): Promise<void> {
    const opened = await this.#opening;
    if (opened !== undefined && !(opened instanceof Error)) await opened.close();
    this.#descent?.close();
  }

  #tellLate(watcher: string | undefined): void {
    this.#late++;
    if (this.#late > LATE_SHOWN) return;
    const who = watcher === undefined ? "a watcher" : `watcher ${printable(watcher)}`;
    this.#parts?.trouble(`an exec went on because ${who} had not answered in time`);
    if (this.#late === LATE_SHOWN) this.#parts?.trouble("further ones are only counted");
  }
}

async function threadOption(
  thread: Promise<ExecThread>,
): Promise<Pick<StopExecsOptions, "thread">> {
  return { thread: await thread };
}

/** Nothing where it was removed. */
function workingDirectory(): { readonly cwd?: string } {
  try {
    // process.cwd() has it as text, or not at all where its path is too long.
    const cwd = decodeText(readlinkSync("/proc/self/cwd", "buffer"));
    return cwd.endsWith(" (deleted)") ? {} : { cwd };
  } catch {
    return {};
  }
}
