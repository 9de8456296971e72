import { shellWord } from "../report/terminal-text.ts";

/** What it means that a process cannot be started, and what would help, where the code alone says it badly. */
const REASONS: Readonly<Record<string, string>> = {
  E2BIG: "its arguments and environment are longer than the kernel takes",
  EAGAIN: "no more processes are allowed: raise ulimit -u, or pids.max of the control group",
  EMFILE: "no more open files are allowed: raise ulimit -n",
  ENFILE: "no more open files are allowed on this host: raise the sysctl fs.file-max",
  ENOMEM: "there is no memory for another process",
};

/** The command could not be started. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** As a shell has it: 127 when it is not found, 126 when it cannot be run. */
  readonly exitStatus: number;

  constructor(command: string, code: string, options: ErrorOptions) {
    const isMissing = code === "ENOENT";
    const why = isMissing ? "not found" : "cannot be run";
    const reason = REASONS[code];
    super(
      `${shellWord(command)}: ${why} (${code})${reason === undefined ? "" : `; ${reason}`}`,
      options,
    );
    this.exitStatus = isMissing ? 127 : 126;
  }
}
