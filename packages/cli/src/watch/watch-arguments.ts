import {
  PROC_EVENT_KINDS,
  type ProcEventFilter,
  type ProcEventKind,
} from "@task-watchers/proc-events";
import { durationMs, parseOptions, userId, wholeNumber, words } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";
import {
  type RequestedWatchers,
  requestedWatchers,
  WATCHER_HELP,
  WATCHER_OPTIONS,
} from "../watchers/requested-watchers.ts";

/** Where events of a watch may come from. */
export const WATCH_SOURCES = ["bpf", "connector"] as const;
export type WatchSource = (typeof WATCH_SOURCES)[number];

/** What `task-watchers watch` was asked to do. */
export interface WatchArguments {
  readonly filter: ProcEventFilter;
  /** Socket of a relay; absent to listen oneself. */
  readonly connect: string | undefined;
  /** Where the trace goes; `-` for standard output. */
  readonly json: string | undefined;
  readonly watchers: RequestedWatchers;
  /** A line an event, also on a terminal. */
  readonly lines: boolean;
  /** A screen with keys. */
  readonly live: boolean;
  readonly quiet: boolean;
  /** How long, milliseconds; absent for until stopped. */
  readonly forMs: number | undefined;
  readonly receiveBufferBytes: number | undefined;
  /** What was asked for; absent for the best there is. */
  readonly source: WatchSource | undefined;
  readonly help: boolean;
}

const OPTIONS = {
  pid: { type: "string", short: "p", multiple: true },
  kinds: { type: "string", short: "k", multiple: true },
  uid: { type: "string", short: "u", multiple: true },
  command: { type: "string", short: "c", multiple: true },
  cgroup: { type: "string" },
  failed: { type: "boolean", short: "f" },
  "min-duration": { type: "string" },
  threads: { type: "boolean" },
  connect: { type: "string" },
  json: { type: "string" },
  lines: { type: "boolean", short: "l" },
  live: { type: "boolean" },
  quiet: { type: "boolean", short: "q" },
  for: { type: "string" },
  "receive-buffer": { type: "string" },
  source: { type: "string" },
  help: { type: "boolean", short: "h" },
  ...WATCHER_OPTIONS,
} as const;

export const WATCH_HELP: string = `Usage: task-watchers watch [options]

Shows the tasks of this host as they begin, run programs and end: as a table on a terminal, else a line an event. Ctrl-C
ends it and prints the summary. Needs no privilege since Linux 6.6; before that CAP_NET_ADMIN, or a relay.

Filters (everything given must hold; of several values, one):
  -p, --pid N,…         these processes and all that descends from them; the present ones first
  -k, --kinds A,…       kinds of events: ${PROC_EVENT_KINDS.join(" ")}
                        (default: fork exec uid gid exit)
  -u, --uid USER,…      tasks of these users, by name or number
  -c, --command TEXT    tasks that run this program (its name without directory), or whose command line matches
                        a regular expression: --command '/cc1(plus)?/', or /…/i without regard to case; may be
                        given again
      --cgroup PATH     tasks of this control group and those below it, such as /system.slice
  -f, --failed          only ends with a code other than 0 or by a signal
      --min-duration T  only ends of tasks that lived as long: 250ms, 10s, 2m
      --threads         threads as tasks of their own

Options:
      --connect PATH    listen through the relay at this socket (task-watchers relay)
      --source SOURCE   bpf: programs in the kernel, which have every argument (root, or CAP_BPF and CAP_PERFMON);
                        connector: the kernel's process events, the rest read from /proc (any user)
                        (default: bpf for the whole host where it can be had, else connector)
      --for T           end after this time
  -l, --lines           a line an event, also on a terminal
      --live            a screen that follows the tree, with keys to sort, filter, fold and inspect; where there is
                        no terminal or a dumb one, lines
  -q, --quiet           neither table nor lines, only the summary
      --json FILE       write the trace as JSON lines; "-" for standard output
      --receive-buffer BYTES
                        kernel memory for events not read yet (default 8388608; 832 bytes an event); of the connector
  -h, --help            print this

${WATCHER_HELP}
Exit status: 0 when it was stopped or had nothing left to watch, 1 when the trace could not be written to its end, 125
when the watch could not be started.
Environment: NO_COLOR, FORCE_COLOR.
`;

/** @throws UsageError that names the argument and what would be right */
export function parseWatchArguments(args: readonly string[]): WatchArguments {
  const values = parseOptions(args, OPTIONS);
  if (values.json === "") throw new UsageError('--json needs a file name, or "-"');
  if (values.connect === "") throw new UsageError("--connect needs the path of a relay's socket");
  const watchers = requestedWatchers(values);
  if (values.connect !== undefined && watchers.names.length > 0) {
    throw new UsageError(
      "--with loads watchers into this process; with --connect the relay watches",
    );
  }
  const receiveBufferBytes = wholeNumber("--receive-buffer", values["receive-buffer"]);
  const source = sourceOf(values);
  if (source === "bpf" && receiveBufferBytes !== undefined) {
    throw new UsageError("--receive-buffer is the connector's; it cannot be set with --source bpf");
  }
  return {
    filter: filterOf(values),
    connect: values.connect,
    json: values.json,
    watchers,
    lines: values.lines ?? false,
    live: values.live ?? false,
    quiet: values.quiet ?? false,
    forMs: durationMs("--for", values.for),
    receiveBufferBytes,
    source,
    help: values.help ?? false,
  };
}

type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>;

function filterOf(values: Values): ProcEventFilter {
  const pids = words("--pid", values.pid).map((text) => pid(text));
  const kinds = words("--kinds", values.kinds).map((text) => kind(text));
  const uids = words("--uid", values.uid).map((text) => userId("--uid", text));
  const commands = (values.command ?? []).map((text) => command(text));
  const minDurationMs = durationMs("--min-duration", values["min-duration"]);
  const { cgroup } = values;
  if (cgroup !== undefined && !cgroup.startsWith("/")) {
    throw new UsageError(`--cgroup must begin with "/", such as /system.slice, got "${cgroup}"`);
  }
  const onlyEnds = values.failed || minDurationMs !== undefined;
  if (onlyEnds && kinds.length > 0 && !kinds.includes("exit")) {
    throw new UsageError("--failed and --min-duration are about ends: --kinds must include exit");
  }
  return {
    ...(pids.length > 0 && { pid: pids }),
    ...(kinds.length > 0 && { kinds }),
    ...(uids.length > 0 && { uid: uids }),
    ...(commands.length > 0 && { command: commands }),
    ...(cgroup !== undefined && { cgroup }),
    ...(values.failed && { failed: true }),
    ...(minDurationMs !== undefined && { minDurationMs }),
    ...(values.threads && { threads: true }),
  };
}

function sourceOf({ source, connect }: Values): WatchSource | undefined {
  if (source === undefined) return undefined;
  const found = WATCH_SOURCES.find((name) => name === source);
  if (found === undefined) {
    throw new UsageError(`--source must be ${WATCH_SOURCES.join(" or ")}, got "${source}"`);
  }
  if (connect === undefined) return found;
  throw new UsageError("--source is where this process listens; with --connect the relay listens");
}

function pid(text: string): number {
  const number = wholeNumber("--pid", text);
  if (number > 0) return number;
  throw new UsageError(`--pid must be a process id, got "${text}"`);
}

function kind(text: string): ProcEventKind {
  const found = PROC_EVENT_KINDS.find((name) => name === text);
  if (found !== undefined) return found;
  throw new UsageError(`--kinds: there is no "${text}"; there are: ${PROC_EVENT_KINDS.join(" ")}`);
}

/** Text, or a regular expression between slashes. Of its flags only `i`: `/bin/su` is meant as a path. */
function command(text: string): string | RegExp {
  const [, source, flags = ""] = /^\/(.+)\/(i?)$/su.exec(text) ?? [];
  if (source === undefined) {
    if (text !== "" && !text.includes("/")) return text;
    throw new UsageError(
      `--command takes a program's name without its directory, or /regular expression/, got "${text}"`,
    );
  }
  try {
    return new RegExp(source, flags);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--command ${text}: ${why}`);
  }
}
