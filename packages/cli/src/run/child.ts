import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { isTextEnvironment, spawnInheriting } from "@task-watchers/linux/spawn-inheriting";

/** How a command ended. */
export interface CommandEnd {
  readonly code?: number;
  /** Name of the signal that ended it. */
  readonly signal?: string;
  /** Its number, where Node.js has no name for it. */
  readonly signalNumber?: number;
}

/** A command that was started. */
export interface StartedCommand {
  kill(signal: NodeJS.Signals): void;
  /** How it ended. */
  readonly ended: Promise<CommandEnd>;
}

/** How to start a command: what becomes its standard streams. */
export interface StartOptions {
  readonly stdio: readonly [number, number, number];
}

/** Starts a command. @throws (rejects) the error of execve(2), such as `ENOENT` */
export type StartCommand = (
  file: string,
  args: readonly string[],
  options: StartOptions,
) => Promise<StartedCommand>;

/** Signals passed on to the command. */
const PASSED_ON = [
  ...(["SIGHUP", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGINT", "SIGQUIT", "SIGALRM"] as const),
  ...(["SIGVTALRM", "SIGIO", "SIGPWR", "SIGSTKFLT", "SIGXCPU", "SIGXFSZ"] as const),
];
/** Signals that ask us to end, whatever the command makes of them. */
const ENDING: ReadonlySet<NodeJS.Signals> = new Set(["SIGHUP", "SIGTERM"]);
/** Signals of the keyboard: an interactive command lives on, and we with it. */
const FROM_KEYBOARD: ReadonlySet<string> = new Set(["SIGINT", "SIGQUIT"]);

/** A command run with our own standard streams; signals sent to us go to it. */
export class Command {
  readonly #listeners: Array<readonly [NodeJS.Signals, () => void]> = [];
  readonly #onEnding: () => void;
  #child: StartedCommand | undefined;
  /** Those that came while it was being started. */
  readonly #early: NodeJS.Signals[] = [];
  #isOver = false;

  /** @param onEnding called when a signal has asked us to end */
  constructor(onEnding: () => void) {
    this.#onEnding = onEnding;
    // Before the command begins: from then on there is no time to lose, its first children may live for a millisecond.
    for (const signal of PASSED_ON) this.#passOn(signal);
  }

  /**
   * Starts it.
   *
   * @returns how it ended
   * @throws (rejects) the error of execve(2), such as `ENOENT`
   */
  async run(
    argv: readonly string[],
    options: StartOptions,
    start: StartCommand,
  ): Promise<CommandEnd> {
    const [file = "", ...args] = argv;
    if (file === "") throw Object.assign(new Error("it has no name"), { code: "ENOENT" });
    const child = await start(file, args, options);
    this.#child = child;
    for (const signal of this.#early.splice(0)) child.kill(signal);
    const end = await child.ended;
    this.#isOver = true;
    return end;
  }

  /** Stops passing signals on. */
  release(): void {
    for (const [signal, listener] of this.#listeners.splice(0)) process.off(signal, listener);
  }

  #passOn(signal: NodeJS.Signals): void {
    const listener = (): void => {
      const ofKeyboard = FROM_KEYBOARD.has(signal);
      if (ENDING.has(signal) || (this.#isOver && ofKeyboard)) this.#onEnding();
      // The terminal sends these to its whole foreground group, the command included.
      const sentToBoth = (ofKeyboard || signal === "SIGHUP") && isInForeground();
      if (this.#isOver || sentToBoth) return;
      if (this.#child === undefined) this.#early.push(signal);
      else this.#child.kill(signal);
    };
    process.on(signal, listener);
    this.#listeners.push([signal, listener]);
  }
}

/** What becomes the command's descriptors: the streams, and those of ours that keep their numbers. */
export function withInherited(
  streams: readonly [number, number, number],
  inherited: readonly number[],
): Array<number | "ignore"> {
  const stdio: Array<number | "ignore"> = [...streams];
  for (const number of inherited) {
    // A gap stays one.
    while (stdio.length < number) stdio.push("ignore");
    stdio[number] = number;
  }
  return stdio;
}

/**
 * Starts a command as any child of ours.
 *
 * @param inherited descriptors that are passed on
 * @param onStart called at once with its pid
 */
export function startChild(
  inherited: readonly number[],
  onStart: (pid: number) => void,
): StartCommand {
  return async (file, args, options) => {
    const stdio = withInherited(options.stdio, inherited);
    const { env } = process;
    const child = isTextEnvironment(env)
      ? spawn(file, args, { stdio })
      : spawnInheriting(file, args, { stdio, env });
    if (child.pid !== undefined) onStart(child.pid);
    const ended = new Promise<CommandEnd>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        resolve({ ...(code !== null && { code }), ...(signal !== null && { signal }) });
      });
    });
    return { kill: (signal) => void child.kill(signal), ended };
  };
}

const SIGNAL_NUMBERS = new Map(Object.entries(constants.signals));

/** Whether our process group is the one the terminal sends its signals to: fields 5 and 8 of man 5 proc_pid_stat. */
function isInForeground(): boolean {
  const stat = readFileSync("/proc/self/stat", "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[2] === fields[5];
}

/** Whether Ctrl-C or Ctrl-\ ended it, by itself or by the shell's account of its own command. */
export function wasInterrupted({ code, signal }: CommandEnd): boolean {
  return signal === undefined ? code === 130 || code === 131 : FROM_KEYBOARD.has(signal);
}

/** Exit status a shell would give: the code, or 128 and the signal's number. */
export function exitStatus(end: CommandEnd): number {
  if (end.signalNumber !== undefined) return 128 + end.signalNumber;
  if (end.signal !== undefined) return 128 + (SIGNAL_NUMBERS.get(end.signal) ?? 0);
  return end.code ?? 1;
}
