import { CommandExecs } from "./command-execs.ts";
import type { RunArguments } from "./run-arguments.ts";

/**
 * `task-watchers run`: resolves with the exit status.
 *
 * @throws SourceUnavailableError, ExecStopUnavailableError, WatchersOffError, UsageError or the error of open(2) before the
 *   command is started; CommandError
 */
export async function run(args: RunArguments): Promise<number> {
  if (args.report === undefined) return await runCommand(args);
  const { RunReport } = await import("./run-report.ts");
  const report = await RunReport.open(args.report, args);
  try {
    const status = await runCommand({ ...args, json: report.trace });
    await report.write();
    return status;
  } finally {
    report.close();
  }
}

async function runCommand(args: RunArguments): Promise<number> {
  const execs = new CommandExecs(args);
  try {
    // While another thread gets ready to start the command, the rest is loaded. But what a watcher sets up in this thread for
    // its descent reaches the command only if that thread is made afterwards.
    if (args.watchers.names.length === 0) execs.open();
    const { runWatched } = await import("./run-watched.ts");
    return await runWatched(args, execs);
  } finally {
    await execs.close();
  }
}
