import { parseArgs } from "node:util";
import { UsageError } from "../usage-error.ts";
import { WATCHER_NAMES, type WatcherCheck, WATCHERS } from "./watchers.ts";

/** What `task-watchers doctor` was asked to do. */
export interface DoctorArguments {
  readonly json: boolean;
  readonly watchers: readonly WatcherCheck[];
  readonly help: boolean;
}

const OPTIONS = {
  json: { type: "boolean" },
  watcher: { type: "string", multiple: true },
  help: { type: "boolean", short: "h" },
} as const;

/** What `task-watchers doctor --help` prints. */
export const DOCTOR_HELP: string = `Usage: task-watchers doctor [options]

Tries what each watcher needs of this host, and says what works, what does not, why not, and what to type. It tries by
doing, with the privileges it is started with, and leaves nothing behind; joining the audit readers is an audit event of
its own where audit is on.

Options:
      --watcher A,B     look at these only: ${WATCHER_NAMES.join(", ")}
      --json            print one JSON document instead: {"type": "doctor", "schema": 1, "version", "host", "notes",
                        "watchers": [{"name", "state": "yes", "degraded" or "no", "says", "probes": [{"name", "title",
                        "role": "needed", "full" or "extra", "ok", "detail", "reason", "remedy", "code", "errno"}]}]}
  -h, --help            print this

Exit status: 0 when every watcher that was looked at has all it can use, 1 when one has only part of it or nothing, 125
when doctor itself failed.
Environment: NO_COLOR, FORCE_COLOR.
`;

/** @throws UsageError that names the argument and what would be right */
export function parseDoctorArguments(args: readonly string[]): DoctorArguments {
  const { json = false, help = false, watcher = [] } = parse(args);
  const names = watcher.flatMap((list) => list.split(","));
  for (const name of names) {
    if (WATCHER_NAMES.includes(name)) continue;
    throw new UsageError(`there is no watcher "${name}"; there is: ${WATCHER_NAMES.join(", ")}`);
  }
  const watchers =
    names.length === 0 ? WATCHERS : WATCHERS.filter(({ name }) => names.includes(name));
  return { json, help, watchers };
}

function parse(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"] {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false }).values;
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}
