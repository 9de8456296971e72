#!/usr/bin/env node
import { SourceUnavailableError } from "@task-watchers/tasks";
import { CommandError, run } from "./run/run.ts";
import { parseRunArguments, RUN_HELP } from "./run/run-arguments.ts";
import { printable } from "./report/terminal-text.ts";
import { standardError } from "./standard-error.ts";
import { UsageError } from "./usage-error.ts";
import { packageVersion } from "./version.ts";

const HELP = `Usage: task-watchers <command> [options]

Commands:
  run [options] [--] command [argument…]
                        run a command and show every task of it

Options:
  -h, --help            print this; after a command, its own help
      --version         print the version
`;

/** Exit status when a watch cannot be started, as timeout(1) and env(1) have it for failures of their own. */
const OWN_FAILURE = 125;

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case "run": {
      const parsed = parseRunArguments(rest);
      if (!parsed.help) return await run(parsed);
      process.stdout.write(RUN_HELP);
      return 0;
    }
    case "--version":
      process.stdout.write(`${packageVersion()}\n`);
      return 0;
    case "-h":
    case "--help":
      process.stdout.write(HELP);
      return 0;
    case undefined:
      standardError.write(HELP);
      return OWN_FAILURE;
    default:
      throw new UsageError(`there is no command "${command}"; there is: run`);
  }
}

function report(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  const isOurs = error instanceof UsageError || error instanceof SourceUnavailableError;
  standardError.write(`task-watchers: ${printable(message)}\n`);
  if (error instanceof UsageError) standardError.write("try: task-watchers --help\n");
  if (error instanceof CommandError) return error.exitStatus;
  if (!isOurs && !isSystemError(error) && error instanceof Error) {
    for (const line of (error.stack ?? "").split("\n")) standardError.write(`${printable(line)}\n`);
  }
  return OWN_FAILURE;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

// Whatever a watcher has left running ends with the command.
process.exit(await main(process.argv.slice(2)).catch(report));
