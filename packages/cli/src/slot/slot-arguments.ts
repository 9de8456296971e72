import { requireText } from "../argument-bytes.ts";
import { durationMs, parseOptions, wholeNumber } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";

/** What `task-watchers slot` was asked to do. */
export interface SlotArguments {
  /** Name of the slots; empty with `--list`, for all. */
  readonly name: string;
  /** How many there are; absent where they exist already. */
  readonly count: number | undefined;
  /** How long to wait for one, milliseconds; absent for as long as it takes. */
  readonly timeoutMs: number | undefined;
  readonly command: readonly string[];
  readonly list: boolean;
  /** Remove sets that nobody uses. */
  readonly clean: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly help: boolean;
}

const OPTIONS = {
  count: { type: "string", short: "n" },
  timeout: { type: "string", short: "t" },
  list: { type: "boolean", short: "l" },
  clean: { type: "boolean" },
  json: { type: "boolean" },
  quiet: { type: "boolean", short: "q" },
  help: { type: "boolean", short: "h" },
} as const;

export const SLOT_HELP = `Usage: task-watchers slot NAME --count N [options] [--] command [argument…]
       task-watchers slot --list [NAME] [--json]
       task-watchers slot --clean

Runs the command when one of N slots of that name is free, in this very process: the slot is held exactly as long as the
command lives, however it ends, by the kernel's own undo of semaphores. What the command starts does not hold it. Slots
are one user's own, in /run/task-watchers-slots for root, else in /dev/shm. Needs no privilege. To have a signal ignored say
so behind: slot … -- nohup command.

Options:
  -n, --count N         how many slots there are; all who use the name must agree
  -t, --timeout T       wait so long for one: 250ms, 10s, 2m; a bare number is seconds (default: as long as it takes)
  -q, --quiet           do not tell that it waits
  -l, --list            show who holds what since when
      --clean           remove slots that nobody uses
      --json            with --list: one JSON document
  -h, --help            print this

Exit status: the command's; 124 when no slot was free in time, 125 when there can be no such slots, 126 when the command
cannot be run, 127 when it is not found, 130 when Ctrl-C ended the wait.
`;

/** @throws UsageError that names the argument and what would be right */
export function parseSlotArguments(args: readonly string[]): SlotArguments {
  const { name, options, command } = split(args);
  requireText([name, ...options]);
  const values = parseOptions(options, OPTIONS);
  const parsed = {
    name,
    count: wholeNumber("--count", values.count),
    timeoutMs: durationMs("--timeout", values.timeout),
    command,
    list: values.list ?? false,
    clean: values.clean ?? false,
    json: values.json ?? false,
    quiet: values.quiet ?? false,
    help: values.help ?? false,
  };
  if (!parsed.help) check(parsed);
  return parsed;
}

function check({ name, count, command, list, clean }: SlotArguments): void {
  if (list || clean) {
    if (command.length === 0) return;
    throw new UsageError(`${list ? "--list" : "--clean"} runs no command, got "${command[0]}"`);
  }
  if (name === "")
    throw new UsageError("say which slots: task-watchers slot NAME --count N -- command");
  if (count === undefined) throw new UsageError("say how many slots there are: --count N");
  if (count < 1) throw new UsageError(`--count must be 1 or more, got "${count}"`);
  if (command.length === 0)
    throw new UsageError(
      "no command given; for example: task-watchers slot encode --count 4 -- ffmpeg …",
    );
}

interface Parts {
  readonly name: string;
  readonly options: readonly string[];
  readonly command: readonly string[];
}

/** The name is the first word that is no option; the command begins at `--`, or at the second such word. */
function split(args: readonly string[]): Parts {
  let name = "";
  const options: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    if (word === "--") return { name, options, command: args.slice(i + 1) };
    if (word.startsWith("-") && word !== "-") {
      options.push(word);
      if (takesValue(word)) options.push(...args.slice(++i, i + 1));
    } else if (name === "") {
      name = word;
    } else {
      return { name, options, command: args.slice(i) };
    }
  }
  return { name, options, command: [] };
}

function takesValue(word: string): boolean {
  return Object.entries(OPTIONS).some(([name, option]) => {
    const short = "short" in option ? `-${option.short}` : undefined;
    return option.type === "string" && (word === `--${name}` || word === short);
  });
}
