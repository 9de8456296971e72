import { durationMs, parseOptions, wholeNumber, words } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";

/** Columns a table of delays can be sorted by, with the heading of each. */
export const SORT_KEYS = {
  wait: "not running although it could, or waiting for memory or a disk",
  cpu: "on a CPU",
  io: "waiting for block I/O",
  memory: "waiting for memory",
  pid: "process id",
} as const;

/** One of them. */
export type SortKey = keyof typeof SORT_KEYS;

/** What `task-watchers delays` was asked to do. */
export interface DelaysArguments {
  readonly pids: readonly number[];
  /** Time between two looks, milliseconds. */
  readonly intervalMs: number;
  /** Looks; absent for until stopped. */
  readonly count: number | undefined;
  readonly sort: SortKey;
  /** JSON lines on standard output. */
  readonly json: boolean;
  /** One table after another, also on a terminal. */
  readonly lines: boolean;
  readonly enableDelayacct: boolean;
  readonly help: boolean;
}

const OPTIONS = {
  pid: { type: "string", short: "p", multiple: true },
  interval: { type: "string", short: "i" },
  count: { type: "string", short: "n" },
  sort: { type: "string", short: "s" },
  json: { type: "boolean" },
  lines: { type: "boolean", short: "l" },
  "enable-delayacct": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export const DELAYS_HELP: string = `Usage: task-watchers delays --pid N,… [options]

Shows what running processes and all that descends from them wait for, as top(1) does for the CPU: where the time since
the last look went. With CAP_NET_ADMIN from the kernel's taskstats, else from /proc, which knows less; it says which.

Options:
  -p, --pid N,…         the processes
  -i, --interval T      time between two looks: 500ms, 2s (default 1s)
  -n, --count N         end after so many looks
  -s, --sort KEY        ${Object.entries(SORT_KEYS)
    .map(([key, what]) => `${key}: ${what}`)
    .join("\n                        ")}
                        (default wait)
      --enable-delayacct
                        switch kernel.task_delayacct on meanwhile; put back afterwards. Counts for tasks that begin then
  -l, --lines           one table after another, also on a terminal
      --json            a line of JSON for each task and look, on standard output
  -h, --help            print this

Exit status: 0 when it was stopped or had nothing left to show, 125 when it could not be started.
Environment: NO_COLOR, FORCE_COLOR.
`;

/** Shortest time between two looks, milliseconds: a look costs some 20 µs a task. */
const MIN_INTERVAL_MS = 50;

/** @throws UsageError that names the argument and what would be right */
export function parseDelaysArguments(args: readonly string[]): DelaysArguments {
  const values = parseOptions(args, OPTIONS);
  const help = values.help ?? false;
  const pids = words("--pid", values.pid).map((text) => wholeNumber("--pid", text));
  if (pids.length === 0 && !help) throw new UsageError("say which processes: --pid N");
  const wrong = pids.find((pid) => pid === 0);
  if (wrong !== undefined) throw new UsageError(`--pid must be a process id, got "${wrong}"`);
  const intervalMs = durationMs("--interval", values.interval) ?? 1000;
  if (intervalMs < MIN_INTERVAL_MS || intervalMs >= 2 ** 31) {
    throw new UsageError(`--interval must be 50ms or more, got "${values.interval}"`);
  }
  const count = wholeNumber("--count", values.count);
  if (count === 0) throw new UsageError('--count must be 1 or more, got "0"');
  return {
    pids,
    intervalMs,
    count,
    sort: sortKey(values.sort),
    json: values.json ?? false,
    lines: values.lines ?? false,
    enableDelayacct: values["enable-delayacct"] ?? false,
    help,
  };
}

function sortKey(text: string | undefined): SortKey {
  if (text === undefined) return "wait";
  if (Object.hasOwn(SORT_KEYS, text)) return text as SortKey;
  throw new UsageError(`--sort must be one of ${Object.keys(SORT_KEYS).join(", ")}, got "${text}"`);
}
