import { printable } from "./report/terminal-text.ts";
import { CommandError } from "./run/command-error.ts";
import { standardError } from "./standard-error.ts";
import { UsageError } from "./usage-error.ts";

/** Exit status when a watch cannot be started, as timeout(1) and env(1) have it for failures of their own. */
const OWN_FAILURE = 125;

/** Tells the user something, and returns the exit status of a failure. */
export function failWith(text: string): number {
  standardError.write(text);
  return OWN_FAILURE;
}

export function unknownCommand(command: string, known: readonly string[]): UsageError {
  return new UsageError(`there is no command "${command}"; there are: ${known.join(", ")}`);
}

/**
 * Tells the user what went wrong, and returns the exit status for it.
 *
 * @param command whose arguments they were, if there is such a command
 */
export function exitStatusOf(error: unknown, command: string | undefined): number {
  const message = error instanceof Error ? error.message : String(error);
  standardError.write(`task-watchers: ${printable(message)}\n`);
  if (isOutOfDescriptors(error)) {
    standardError.write("no more open files are allowed: raise ulimit -n\n");
  }
  if (error instanceof UsageError) {
    const words = ["task-watchers", ...(command === undefined ? [] : [command]), "--help"];
    standardError.write(`try: ${words.join(" ")}\n`);
  }
  if (error instanceof CommandError) return error.exitStatus;
  if (!(error instanceof UsageError) && !hasCode(error) && error instanceof Error) {
    for (const line of (error.stack ?? "").split("\n")) standardError.write(`${printable(line)}\n`);
  }
  return OWN_FAILURE;
}

/** Also where it is only the cause: what it was to be opened for is said by another. */
function isOutOfDescriptors(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof CommandError) return false;
  return /\bEMFILE\b/u.test(error.message) || isOutOfDescriptors(error.cause);
}

/** An error with a code says what is wrong with the world; any other is wrong with us. */
function hasCode(error: unknown): boolean {
  return error instanceof Error && "code" in error;
}
