import { isSyscallName, recordTypeName, recordTypeNumber } from "@task-watchers/audit/log";
import { durationMs, parseOptionsAndFiles, userId, wholeNumber, words } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";

/** Which events are wanted: everything given must hold; of several values, one. */
export interface AuditFilter {
  readonly pids: readonly number[];
  /** Any of a record's user ids. */
  readonly uids: readonly number[];
  readonly loginuids: readonly number[];
  readonly sessions: readonly number[];
  readonly keys: readonly string[];
  readonly types: readonly string[];
  readonly syscalls: readonly string[];
  /** Of the program's name or path, or of its arguments. */
  readonly texts: readonly string[];
  readonly success: boolean | undefined;
  /** Milliseconds since 1970. */
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

const FORMS = ["text", "json", "ecs", "raw"] as const;
export type AuditForm = (typeof FORMS)[number];

/** What `task-watchers audit` was asked to do. */
export interface AuditArguments {
  /** In order of age; `-` for standard input. */
  readonly files: readonly string[];
  readonly filter: AuditFilter;
  readonly form: AuditForm;
  readonly quiet: boolean;
  readonly help: boolean;
}

const OPTIONS = {
  pid: { type: "string", short: "p", multiple: true },
  uid: { type: "string", short: "u", multiple: true },
  loginuid: { type: "string", multiple: true },
  session: { type: "string", multiple: true },
  key: { type: "string", short: "k", multiple: true },
  type: { type: "string", short: "m", multiple: true },
  syscall: { type: "string", multiple: true },
  command: { type: "string", short: "c", multiple: true },
  success: { type: "string" },
  failed: { type: "boolean", short: "f" },
  since: { type: "string" },
  until: { type: "string" },
  json: { type: "boolean" },
  ecs: { type: "boolean" },
  raw: { type: "boolean" },
  quiet: { type: "boolean", short: "q" },
  help: { type: "boolean", short: "h" },
} as const;

export const AUDIT_HELP = `Usage: task-watchers audit [options] [file…]

Reads audit logs, those of auditd (raw or enriched) or ours, puts each event's records together and prints it on a line:
when, who, what, with what outcome. Several files are read in the order given, the oldest first; without one, or for "-",
standard input. Needs no privilege but to read the files. To record: task-watchers run --with audit.

Filters (everything given must hold; of several values, one):
  -p, --pid N,…         of these processes
  -u, --uid USER,…      with any user id of these, by name or number
      --loginuid USER,… of who logged in as these
      --session N,…     of these audit sessions
  -k, --key KEY,…       by rules with these keys
  -m, --type TYPE,…     with a record of these types: EXECVE, AVC, ANOM_ABEND, 1327
      --syscall NAME,…  of these system calls
  -c, --command TEXT    with this in the program's path or its arguments; may be given again
      --success yes|no  by outcome
  -f, --failed          the same as --success no
      --since TIME      not before: 2026-11-23T08:00, or as long ago as 10m
      --until TIME      not after

Options:
      --json            each event as a JSON line, as in the trace
      --ecs             each event as a JSON line by the Elastic Common Schema
      --raw             the records as they are, for ausearch
  -q, --quiet           no summary
  -h, --help            print this

Exit status: 0 when something was found, 1 when nothing was, 125 when a file could not be read.
`;

/** @throws UsageError that names the argument and what would be right */
export function parseAuditArguments(
  args: readonly string[],
  nowMs: number = Date.now(),
): AuditArguments {
  const { values, files } = parseOptionsAndFiles(args, OPTIONS);
  const forms = FORMS.filter((form) => form !== "text" && values[form] === true);
  if (forms.length > 1) throw new UsageError(`one of --${forms.join(" and --")}, not both`);
  if (values.failed && values.success !== undefined) {
    throw new UsageError("--failed is --success no; give one of the two");
  }
  return {
    files: files.length === 0 ? ["-"] : files,
    filter: {
      pids: numbers("--pid", values.pid),
      uids: words("--uid", values.uid).map((text) => userId("--uid", text)),
      loginuids: words("--loginuid", values.loginuid).map((text) => userId("--loginuid", text)),
      sessions: numbers("--session", values.session),
      keys: words("--key", values.key),
      types: words("--type", values.type).map(recordType),
      syscalls: words("--syscall", values.syscall).map(syscall),
      texts: values.command ?? [],
      success: values.failed ? false : yesOrNo(values.success),
      sinceMs: time("--since", values.since, nowMs),
      untilMs: time("--until", values.until, nowMs),
    },
    form: forms[0] ?? "text",
    quiet: values.quiet ?? false,
    help: values.help ?? false,
  };
}

function numbers(option: string, values: readonly string[] | undefined): number[] {
  return words(option, values).map((text) => wholeNumber(option, text));
}

/** The name of a type that was given by name or by number. */
function recordType(text: string): string {
  const number = recordTypeNumber(text.toUpperCase());
  if (number !== undefined) return recordTypeName(number);
  throw new UsageError(`--type must be a record's type such as EXECVE or 1309, got "${text}"`);
}

function syscall(text: string): string {
  if (/^\d{1,10}$/u.test(text) || isSyscallName(text)) return text;
  throw new UsageError(`--syscall must be a system call such as execve or 59, got "${text}"`);
}

function yesOrNo(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === "yes" || text === "no") return text === "yes";
  throw new UsageError(`--success must be yes or no, got "${text}"`);
}

/** A moment, or how long ago. */
function time(option: string, text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+(?:\.\d+)?(?:ms|s|m|h)$/u.test(text)) return nowMs - (durationMs(option, text) ?? 0);
  const ms = /^\d{4}-\d\d-\d\d/u.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new UsageError(
    `${option} must be a time such as 2026-11-23T08:00 or as long ago as 10m, got "${text}"`,
  );
}
