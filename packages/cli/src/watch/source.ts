import { type ProcEvent, procEvents } from "@task-watchers/proc-events";
import { connectRelay } from "@task-watchers/proc-events/relay";
import { type WatchCounters, watchTasks } from "@task-watchers/tasks";
import type { AnyLine, HeaderLine } from "@task-watchers/trace";
import { headerLine } from "../trace/header-line.ts";
import { chooseSource } from "./choose-source.ts";
import type { WatchArguments } from "./watch-arguments.ts";

/** Where the events of a watch come from. */
export interface EventSource {
  readonly events: AsyncIterable<ProcEvent>;
  readonly header: HeaderLine;
  /** What is watched, in a few words. */
  readonly title: string;
  /** Counters of the watch; absent when it is another process's. */
  counters(): WatchCounters | undefined;
  /** Live tasks that are watched, filtered or not; when stopped, those of then. Absent when another process watches. */
  alive(): number | undefined;
  /** Losses of which nobody knows how many events they were. */
  uncounted(): number;
  /** Events thrown away because we did not get round to reading them. */
  unread(): number;
  /** Ends it. What we heard ourselves before is still to be read; what a relay sent is thrown away and counted. */
  stop(): Promise<void>;
}

/** Listens oneself. @throws BpfUnavailableError, SourceUnavailableError, or SyscallError `ESRCH` for a process that is not there */
export async function localSource(
  args: WatchArguments,
  tell: { readonly line: (line: AnyLine) => void; readonly note: (text: string) => void },
): Promise<EventSource> {
  const { filter, receiveBufferBytes } = args;
  const { pid, ...others } = filter;
  const roots = pid === undefined ? [] : [pid].flat();
  const scope = roots.length > 0 ? "followed" : "all";
  const chosen = await chooseSource(args, tell.note);
  const watch = await watchTasks({
    scope,
    threads: filter.threads ?? false,
    ...(chosen.open && { events: chosen.open }),
    ...(receiveBufferBytes !== undefined && { receiveBufferBytes }),
    onLine: tell.line,
  }).finally(chosen.release);
  try {
    const events = procEvents.events({ ...others, existing: wantsExisting(args) });
    for (const root of roots) watch.follow(root);
    if (roots.length > 0) void watch.whenIdle().then(() => watch.close());
    const { connector } = watch.counters();
    let alive: number | undefined;
    return {
      events,
      header: headerLine({
        scope,
        kind: chosen.kind,
        receiveBufferBytes: connector?.receiveBufferBytes,
      }),
      title: roots.length > 0 ? `pid ${roots.join(", ")} and descent` : "all tasks",
      counters: () => watch.counters(),
      alive: () => alive ?? watch.size,
      uncounted: () => 0,
      unread: () => events.counters.dropped + events.counters.discarded,
      async stop() {
        alive ??= watch.size;
        await watch.close();
      },
    };
  } catch (error) {
    await watch.close();
    throw error;
  }
}

/** Has a relay listen. @throws the relay's refusal, or the error of connect(2) */
export async function relaySource(path: string, args: WatchArguments): Promise<EventSource> {
  const stream = await connectRelay(path, { ...args.filter, existing: wantsExisting(args) });
  return {
    events: stream,
    header: stream.header,
    title: `through ${path}`,
    counters: () => undefined,
    alive: () => undefined,
    uncounted: () => stream.counters.unknownLosses,
    unread: () => stream.counters.discarded,
    stop: () => stream.close(),
  };
}

/** Present tasks come as forks, and only where forks are wanted. */
function wantsExisting({ filter }: WatchArguments): boolean {
  return filter.kinds?.includes("fork") ?? true;
}
