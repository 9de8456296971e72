import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";

/** How a command ended. */
export interface CommandEnd {
  readonly code?: number;
  /** Name of the signal that ended it. */
  readonly signal?: string;
  /** Its number, where Node.js has no name for it. */
  readonly signalNumber?: number;
}

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
  #child: ChildProcess | undefined;
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
   * @param stdio descriptor the command's standard output goes to, and its environment
   * @param onStart called at once with its pid
   * @returns how it ended
   * @throws (rejects) the error of execve(2), such as `ENOENT`
   */
  async run(
    argv: readonly string[],
    { stdout, env }: { readonly stdout: number; readonly env: NodeJS.ProcessEnv },
    onStart: (pid: number) => void,
  ): Promise<CommandEnd> {
    const [file = "", ...args] = argv;
    if (file === "") throw Object.assign(new Error("it has no name"), { code: "ENOENT" });
    const child = spawn(file, args, { stdio: [0, stdout, 2], env });
    this.#child = child;
    if (child.pid !== undefined) onStart(child.pid);
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        this.#isOver = true;
        resolve({ ...(code !== null && { code }), ...(signal !== null && { signal }) });
      });
    });
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
      if (!this.#isOver && !sentToBoth) this.#child?.kill(signal);
    };
    process.on(signal, listener);
    this.#listeners.push([signal, listener]);
  }
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
