import { openSync, readFileSync } from "node:fs";
import { isatty, ReadStream, type WriteStream } from "node:tty";

/** Whether a full screen can be shown there: a terminal that is not dumb, and ours to draw on. */
export function canShowScreen(output: Partial<WriteStream>, env: NodeJS.ProcessEnv): boolean {
  const term = env["TERM"] ?? "dumb";
  return output.isTTY === true && term !== "dumb" && term !== "" && isInForeground();
}

/** Whether `run --live` has a screen here; else it prints lines. */
export function hasRunScreen(env: NodeJS.ProcessEnv): boolean {
  // Asked of the descriptor first: the stream would make a pipe non-blocking, for the command too.
  return isatty(2) && canShowScreen(process.stderr, env);
}

/** Where keys come from: standard input, or the terminal itself where that is something else; undefined without either. */
export function keyboard(): ReadStream | undefined {
  const { stdin } = process;
  if (stdin.isTTY) return stdin;
  try {
    return new ReadStream(openSync("/dev/tty", "r"));
  } catch {
    return undefined;
  }
}

/** A job in the background is stopped when it changes the terminal: fields 5 and 8 of man 5 proc_pid_stat. */
function isInForeground(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[2] === fields[5];
  } catch {
    return false;
  }
}
