import { inheritedDescriptors } from "../inherited-descriptors.ts";
import { load } from "../load.ts";
import { requireProc } from "../require-proc.ts";
import { beginThread } from "./begin-thread.ts";
import type * as running from "./run-command.ts";
import { mayStopExecs, type RunArguments } from "./run-arguments.ts";

export { parseRunArguments, RUN_HELP } from "./run-arguments.ts";

/**
 * `task-watchers run`: resolves with the exit status.
 *
 * @throws SourceUnavailableError, ExecStopUnavailableError, WatchersOffError, UsageError or the error of open(2) before the
 *   command is started; CommandError
 */
export async function run(args: RunArguments): Promise<number> {
  requireProc();
  const inherited = inheritedDescriptors();
  if (args.report === undefined) return await runCommand(args, inherited);
  const { RunReport } = await import("./run-report.ts");
  const report = await RunReport.open(args.report, args);
  try {
    const status = await runCommand({ ...args, json: report.trace }, inherited);
    await report.write();
    return status;
  } finally {
    report.close();
  }
}

async function runCommand(args: RunArguments, inherited: readonly number[]): Promise<number> {
  // Another thread gets ready to start the command while the rest is loaded. But what a watcher sets up in this thread for the
  // command's descent reaches the command only if that thread is made afterwards.
  const isEarly = mayStopExecs(args) && args.watchers.names.length === 0;
  const thread = isEarly ? beginThread() : undefined;
  await Promise.allSettled([thread]);
  const command = await load<typeof running>("#run-command");
  return await command.runCommand(args, inherited, thread);
}
