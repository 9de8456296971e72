import { type ListenerEvent, type Relay, serveRelay } from "@task-watchers/proc-events/relay";
import { asUsage, userNames } from "../arguments.ts";
import { requireProc } from "../require-proc.ts";
import { count } from "../report/format.ts";
import { type Style, styleFor } from "../report/style.ts";
import { printable, shellWord } from "../report/terminal-text.ts";
import { standardError } from "../standard-error.ts";
import { Stop } from "../stop.ts";
import type { RelayArguments } from "./relay-arguments.ts";

/**
 * `task-watchers relay`: resolves with the exit status.
 *
 * @throws SourceUnavailableError, or what is wrong with the socket's path
 */
export async function relay(args: RelayArguments): Promise<number> {
  requireProc();
  const style = styleFor(standardError, process.env);
  const stop = new Stop(undefined);
  const names = userNames();
  try {
    const server = await asUsage(() =>
      serveRelay({
        path: args.path,
        ...(args.mode !== undefined && { mode: args.mode }),
        ...(args.group !== undefined && { group: args.group }),
        ...(args.uids.length + args.gids.length > 0 && { uids: args.uids, gids: args.gids }),
        ...(args.maxListeners !== undefined && { maxListeners: args.maxListeners }),
        ...(args.queueLimit !== undefined && { queueLimit: args.queueLimit }),
        ...(args.threads && { threads: true }),
        ...(args.receiveBufferBytes !== undefined && {
          receiveBufferBytes: args.receiveBufferBytes,
        }),
        onListener: (event) => {
          if (!args.quiet) say(listenerLine(event, names, style));
        },
      }),
    );
    if (!args.quiet) {
      const path = shellWord(args.path);
      say(`serving on ${path}; listen with: task-watchers watch --connect ${path}`);
    }
    await new Promise<void>((resolve) => stop.whenAsked(resolve));
    const line = totals(server);
    await server.close();
    say(line);
    return 0;
  } finally {
    stop.release();
  }
}

function say(line: string): void {
  standardError.write(`${line}\n`);
}

const HAPPENED: Readonly<Record<ListenerEvent["type"], string>> = {
  joined: "listens",
  resumed: "listens again",
  lost: "lost its connection",
  left: "left",
  refused: "was refused",
};

function listenerLine(
  { type, pid, uid, error }: ListenerEvent,
  names: ReadonlyMap<number, string>,
  style: Style,
): string {
  const who = `pid ${pid} of ${printable(names.get(uid) ?? `uid ${uid}`)}`;
  const why = error ? `: ${printable(error.message)} (${printable(error.code)})` : "";
  const line = `${who} ${HAPPENED[type]}${why}`;
  return error ? style.red(line) : line;
}

function totals(server: Relay): string {
  const { joined, resumed, refused, sent, dropped } = server.counters();
  return [
    `${count(joined, "listener")} served`,
    ...(resumed > 0 ? [`${resumed} resumed`] : []),
    `${refused} refused`,
    `${count(sent, "line")} sent`,
    `${count(dropped, "event")} dropped: slow listeners`,
  ].join(", ");
}
