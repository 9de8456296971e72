import { TaskWatchers } from "@task-watchers/chain";
import { type DelayRound, sampleDelays } from "@task-watchers/delayacct";
import { type TaskWatch, watchTasks } from "@task-watchers/tasks";
import { requireProc } from "../require-proc.ts";
import { FullScreen } from "../report/full-screen.ts";
import { tableLines } from "../report/print-table.ts";
import { styleFor } from "../report/style.ts";
import { describeCommand } from "../report/task-tree.ts";
import { standardError } from "../standard-error.ts";
import { Stop } from "../stop.ts";
import { delayAccounting } from "../watchers/delay-accounting.ts";
import type { DelaysArguments } from "./delays-arguments.ts";
import { sampleLines } from "./sample-lines.ts";
import { roundTable } from "./round-table.ts";

/**
 * `task-watchers delays`: resolves with the exit status.
 *
 * @throws SourceUnavailableError, SwitchUnavailableError, or SyscallError `ESRCH` for a process that is not there
 */
export async function delays(args: DelaysArguments): Promise<number> {
  requireProc();
  await using _switch = await delayAccounting(args.enableDelayacct, (line) =>
    standardError.write(`${line}\n`),
  );
  const stop = new Stop(undefined);
  const enough = new AbortController();
  stop.whenAsked(() => enough.abort());
  // Follows the descent; nobody else is to be told.
  await using watch = await watchTasks({ watchers: new TaskWatchers() });
  for (const pid of args.pids) watch.follow(pid);
  void watch.whenIdle().then(() => enough.abort());
  const show = shower(args, watch, stop);
  let left = args.count ?? Number.POSITIVE_INFINITY;
  try {
    const options = { intervalMs: args.intervalMs, signal: enough.signal };
    for await (const round of sampleDelays(() => watch.tasks(), options)) {
      // The last of them ended while it was looked for.
      if (round.samples.length > 0) show.round(round);
      if (--left <= 0) break;
    }
  } finally {
    show.close();
    stop.release();
  }
  return 0;
}

/** Shows rounds in the way that was asked for. */
interface Shower {
  round(round: DelayRound): void;
  close(): void;
}

function shower(args: DelaysArguments, watch: TaskWatch, stop: Stop): Shower {
  const { stdout } = process;
  stdout.on("error", stop.ask);
  if (args.json) {
    return {
      round: (round) => void stdout.write(sampleLines(round)),
      close() {},
    };
  }
  const style = styleFor(stdout, process.env);
  const isFull = stdout.isTTY && !args.lines && args.count === undefined;
  const screen = isFull && process.env["TERM"] !== "dumb" ? new FullScreen(stdout) : undefined;
  return {
    round(round) {
      const columns = screen?.columns ?? (stdout.isTTY ? stdout.columns : 1000);
      const commands = commandsOf(watch);
      const table = roundTable(round, args.sort, (pid) => commands.get(pid) ?? "?");
      const lines = tableLines(table, style, columns);
      if (screen) screen.draw(lines);
      else stdout.write(`${lines.join("\n")}\n\n`);
    },
    close: () => screen?.close(),
  };
}

/** What each live process runs. Fit for a terminal. */
function commandsOf(watch: TaskWatch): ReadonlyMap<number, string> {
  const commands = new Map<number, string>();
  for (const { pid, exec } of watch.tasks()) if (exec) commands.set(pid, describeCommand(exec));
  return commands;
}
