import { parseOptions, wholeNumber } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";
import {
  type RequestedWatchers,
  requestedWatchers,
  WATCHER_HELP,
  WATCHER_OPTIONS,
} from "../watchers/requested-watchers.ts";

/** What `task-watchers run` was asked to do. */
export interface RunArguments {
  readonly command: readonly string[];
  /** Where the trace goes; `-` for standard output. */
  readonly json: string | undefined;
  readonly watchers: RequestedWatchers;
  /** Have Node.js programs write maps of what they compile, so that a profile has their functions' names. */
  readonly nodePerfMaps: boolean;
  readonly live: boolean;
  readonly quiet: boolean;
  readonly wait: boolean;
  readonly threads: boolean;
  /** Lines of the tree; 0 for all. */
  readonly maxTasks: number;
  /** Bytes asked for; undefined for the default. */
  readonly receiveBufferBytes: number | undefined;
  readonly help: boolean;
}

const OPTIONS = {
  json: { type: "string" },
  live: { type: "boolean", short: "l" },
  quiet: { type: "boolean", short: "q" },
  "no-wait": { type: "boolean" },
  threads: { type: "boolean" },
  "max-tasks": { type: "string" },
  "node-perf-maps": { type: "boolean" },
  "receive-buffer": { type: "string" },
  help: { type: "boolean", short: "h" },
  ...WATCHER_OPTIONS,
} as const;

export const RUN_HELP: string = `Usage: task-watchers run [options] [--] command [argument…]

Runs a command and shows every task of it: what it ran, as whom, how long, how it ended. The command's input, output,
signals and exit status are passed through; 128 and the signal's number when a signal ended it. Needs no privilege since
Linux 6.6; before that CAP_NET_ADMIN.

Options:
  -l, --live            print every task as it starts and ends (standard error)
  -q, --quiet           print no tree and no summary
      --json FILE       write the trace as JSON lines; "-" for standard output (the command's output then goes to
                        standard error)
      --no-wait         end with the command; do not wait for what it leaves running
      --threads         show threads as tasks of their own
      --max-tasks N     lines of the tree; 0 for all (default 100)
      --receive-buffer BYTES
                        kernel memory for events not read yet (default 8388608; 832 bytes an event)
  -h, --help            print this

${WATCHER_HELP}      --node-perf-maps  --with profile, and Node.js programs started so that their functions have names
                        (NODE_OPTIONS; slows them down somewhat)

Exit status: the command's; 125 when the watch could not be started, 126 when the command cannot be run, 127 when it is
not found.
Environment: NO_COLOR, FORCE_COLOR.
`;

/** @throws UsageError that names the argument and what would be right */
export function parseRunArguments(args: readonly string[]): RunArguments {
  const [own, command] = splitCommand(args);
  const values = parseOptions(own, OPTIONS);
  const help = values.help ?? false;
  if (command.length === 0 && !help) {
    throw new UsageError("no command given; for example: task-watchers run -- make -j8");
  }
  if (values.json === "") throw new UsageError('--json needs a file name, or "-"');
  return {
    command,
    json: values.json,
    watchers: watchersOf(values),
    nodePerfMaps: values["node-perf-maps"] ?? false,
    live: values.live ?? false,
    quiet: values.quiet ?? false,
    wait: !(values["no-wait"] ?? false),
    threads: values.threads ?? false,
    maxTasks: wholeNumber("--max-tasks", values["max-tasks"]) ?? 100,
    receiveBufferBytes: wholeNumber("--receive-buffer", values["receive-buffer"]),
    help,
  };
}

function watchersOf(values: ReturnType<typeof parseOptions<typeof OPTIONS>>): RequestedWatchers {
  const watchers = requestedWatchers(values);
  if (values["node-perf-maps"] !== true || watchers.names.includes("profile")) return watchers;
  return { ...watchers, names: [...watchers.names, "profile"] };
}

/** Our own options end at `--`, or at the first word that is neither an option nor an option's value. */
function splitCommand(
  args: readonly string[],
): [own: readonly string[], command: readonly string[]] {
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    if (word === "--") return [args.slice(0, i), args.slice(i + 1)];
    if (!word.startsWith("-") || word === "-") return [args.slice(0, i), args.slice(i)];
    if (takesValue(word)) i++;
  }
  return [args, []];
}

function takesValue(word: string): boolean {
  return Object.entries(OPTIONS).some(
    ([name, option]) => option.type === "string" && word === `--${name}`,
  );
}
