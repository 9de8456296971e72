import type { ExecThread } from "@task-watchers/exec-stop/thread";
import { CommandExecs } from "./command-execs.ts";
import type { RunArguments } from "./run-arguments.ts";
import { runWatched } from "./run-watched.ts";

/**
 * Runs the command with all there is to do for it; resolves with the exit status.
 *
 * @param inherited descriptors that are passed on besides the standard streams
 * @param thread that is to start the command, if it has begun to get ready
 * @throws as `run`
 */
export async function runCommand(
  args: RunArguments,
  inherited: readonly number[],
  thread: Promise<ExecThread> | undefined,
): Promise<number> {
  const execs = new CommandExecs(args, inherited);
  try {
    if (thread !== undefined) execs.open(thread);
    return await runWatched(args, execs);
  } finally {
    await execs.close();
  }
}
