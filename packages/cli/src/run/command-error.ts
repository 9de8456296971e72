import { shellWord } from "../report/terminal-text.ts";

/** The command could not be started. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** As a shell has it: 127 when it is not found, 126 when it cannot be run. */
  readonly exitStatus: number;

  constructor(command: string, code: string, options: ErrorOptions) {
    const isMissing = code === "ENOENT";
    const why = isMissing ? "not found" : "cannot be run";
    super(`${shellWord(command)}: ${why} (${code})`, options);
    this.exitStatus = isMissing ? 127 : 126;
  }
}
