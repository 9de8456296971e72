import { parseOptions, wholeNumber } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";
import { DenyList } from "./deny.ts";
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
  /** Where the HTML report goes; undefined for none. */
  readonly report: string | undefined;
  readonly watchers: RequestedWatchers;
  /** Have Node.js programs write maps of what they compile, so that a profile has their functions' names. */
  readonly nodePerfMaps: boolean;
  readonly live: boolean;
  readonly quiet: boolean;
  readonly wait: boolean;
  readonly threads: boolean;
  /**
   * Where execs are learned from: stopped before they are made, programs in the kernel, or /proc; undefined for stopping where
   * that can be had.
   */
  readonly execs: "stop" | "bpf" | "proc" | undefined;
  /** Patterns of programs that must not run. */
  readonly deny: DenyList;
  /** Lines of the tree; 0 for all. */
  readonly maxTasks: number;
  /** Bytes asked for; undefined for the default. */
  readonly receiveBufferBytes: number | undefined;
  readonly help: boolean;
}

/** Whether execs are to be stopped, where that can be had. */
export function mayStopExecs({ execs }: Pick<RunArguments, "execs">): boolean {
  return execs === undefined || execs === "stop";
}

const OPTIONS = {
  json: { type: "string" },
  report: { type: "string" },
  live: { type: "boolean", short: "l" },
  quiet: { type: "boolean", short: "q" },
  "no-wait": { type: "boolean" },
  threads: { type: "boolean" },
  source: { type: "string" },
  "no-exec-stop": { type: "boolean" },
  deny: { type: "string", multiple: true },
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
  -l, --live            a screen that follows the tasks, with keys to sort, filter, fold and inspect; the command then has
                        no keyboard, and what it writes to the terminal comes at the end. Where standard error is no
                        terminal or a dumb one, a line as each task starts and ends
  -q, --quiet           print no tree and no summary
      --json FILE       write the trace as JSON lines; "-" for standard output (the command's output then goes to
                        standard error)
      --report FILE     write a page that shows the run: a timeline of its tasks, where the time went, what failed; it
                        opens offline in any browser
      --no-wait         end with the command; do not wait for what it leaves running
      --threads         show threads as tasks of their own
      --deny PATTERN    let no program run that matches: its exec fails with EACCES. A pattern (* ? [a-z] **) with a
                        slash is for the whole path, one without for the file's name, symbolic links followed. May be
                        given several times. No security boundary
      --source stop|bpf|proc
                        how to learn what programs are started with. "stop": every exec of the command stands still
                        until it was looked at, and nothing is missed; where sudo and other set-user-ID programs then
                        lose their rights, that is said. "bpf": programs in the kernel tell, nothing is missed or held
                        up, and it costs least (root, or CAP_BPF and CAP_PERFMON); execs that fail are not told. "proc":
                        read from /proc afterwards, where short programs are missed. Default: stop where it can be had
      --no-exec-stop    the same as --source proc
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
  const deny = new DenyList(values.deny ?? []);
  const execs = execsOf(values.source, values["no-exec-stop"] ?? false);
  if (!deny.isEmpty && (execs === "proc" || execs === "bpf")) {
    const other = execs === "bpf" ? "--source bpf" : "--no-exec-stop";
    throw new UsageError(`--deny stops execs; it cannot be had with ${other}`);
  }
  const receiveBufferBytes = wholeNumber("--receive-buffer", values["receive-buffer"]);
  if (execs === "bpf" && receiveBufferBytes !== undefined) {
    throw new UsageError("--receive-buffer is the connector's; it cannot be set with --source bpf");
  }
  if (values.report === "" || values.report === "-") {
    throw new UsageError("--report needs a file name");
  }
  if (values.json === "") throw new UsageError('--json needs a file name, or "-"');
  return {
    command,
    json: values.json,
    report: values.report,
    watchers: watchersOf(values),
    nodePerfMaps: values["node-perf-maps"] ?? false,
    live: values.live ?? false,
    quiet: values.quiet ?? false,
    wait: !(values["no-wait"] ?? false),
    threads: values.threads ?? false,
    execs,
    deny,
    maxTasks: wholeNumber("--max-tasks", values["max-tasks"]) ?? 100,
    receiveBufferBytes,
    help,
  };
}

function execsOf(source: string | undefined, noStop: boolean): RunArguments["execs"] {
  if (source !== undefined && source !== "stop" && source !== "bpf" && source !== "proc") {
    throw new UsageError(`--source must be stop, bpf or proc, got "${source}"`);
  }
  if (noStop && source !== undefined && source !== "proc") {
    throw new UsageError(`--source ${source} and --no-exec-stop exclude each other`);
  }
  return noStop ? "proc" : source;
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
