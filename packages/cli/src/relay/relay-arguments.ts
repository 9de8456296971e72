import { join } from "node:path";
import { parseOptions, userId, wholeNumber, words } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";

/** What `task-watchers relay` was asked to do. */
export interface RelayArguments {
  readonly path: string;
  /** Mode of the socket's file. */
  readonly mode: number | undefined;
  readonly group: string | undefined;
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  readonly maxListeners: number | undefined;
  readonly queueLimit: number | undefined;
  readonly threads: boolean;
  readonly quiet: boolean;
  readonly receiveBufferBytes: number | undefined;
  readonly help: boolean;
}

const OPTIONS = {
  socket: { type: "string", short: "s" },
  mode: { type: "string", short: "m" },
  group: { type: "string", short: "g" },
  "allow-uid": { type: "string", multiple: true },
  "allow-gid": { type: "string", multiple: true },
  "max-listeners": { type: "string" },
  queue: { type: "string" },
  threads: { type: "boolean" },
  "receive-buffer": { type: "string" },
  quiet: { type: "boolean", short: "q" },
  help: { type: "boolean", short: "h" },
} as const;

export const RELAY_HELP = `Usage: task-watchers relay [options]

Listens to the tasks of this host and serves them to others over a Unix socket, each with filters and a queue of its own:
to containers, to users of older kernels, to whoever may not listen by himself. They use: task-watchers watch --connect
PATH, or connectRelay() of @task-watchers/proc-events/relay. Ctrl-C ends it and removes the socket.

Options:
  -s, --socket PATH     the socket (default: /run/task-watchers.sock for root, else
                        $XDG_RUNTIME_DIR/task-watchers.sock)
  -m, --mode OCTAL      who may connect, as the mode of the socket's file (default 660)
  -g, --group GROUP     group of the socket's file, by name or number
      --allow-uid U,…   serve only these users, by name or number, and members of the groups of --allow-gid
      --allow-gid N,…   serve only members of these groups, by number, and the users of --allow-uid
      --max-listeners N (default 64)
      --queue N         events kept for a listener that does not keep up (default 65536); more is dropped and counted
      --threads         threads as tasks of their own
      --receive-buffer BYTES
                        kernel memory for events not read yet (default 8388608; 832 bytes an event)
  -q, --quiet           do not tell of listeners that come and go
  -h, --help            print this

Exit status: 0 when it was stopped, 125 when it could not be started.
`;

/** @throws UsageError that names the argument and what would be right */
export function parseRelayArguments(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): RelayArguments {
  const values = parseOptions(args, OPTIONS);
  const help = values.help ?? false;
  return {
    path: values.socket ?? (help ? "" : defaultPath(env)),
    mode: modeOf(values.mode),
    group: values.group,
    uids: words("--allow-uid", values["allow-uid"]).map((text) => userId("--allow-uid", text)),
    gids: words("--allow-gid", values["allow-gid"]).map((text) => wholeNumber("--allow-gid", text)),
    maxListeners: wholeNumber("--max-listeners", values["max-listeners"]),
    queueLimit: wholeNumber("--queue", values.queue),
    threads: values.threads ?? false,
    quiet: values.quiet ?? false,
    receiveBufferBytes: wholeNumber("--receive-buffer", values["receive-buffer"]),
    help,
  };
}

function defaultPath(env: NodeJS.ProcessEnv): string {
  if (process.getuid?.() === 0) return "/run/task-watchers.sock";
  const dir = env["XDG_RUNTIME_DIR"];
  if (dir) return join(dir, "task-watchers.sock");
  throw new UsageError("there is no XDG_RUNTIME_DIR for the socket; say where: --socket PATH");
}

function modeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^0?[0-7]{3}$/u.test(text)) return Number.parseInt(text, 8);
  throw new UsageError(`--mode must be three octal digits such as 660, got "${text}"`);
}
