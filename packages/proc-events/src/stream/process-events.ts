import { TaskWatchers } from "@task-watchers/chain";
import { type TaskWatch, watchTasks } from "@task-watchers/tasks";
import type { ProcEvent } from "../event/proc-event.ts";
import { type EventsOptions, createProcEvents } from "../module/proc-events.ts";
import { checkOptions } from "../filter/check-options.ts";
import { ProcEventStream } from "./proc-event-stream.ts";

/** What to watch and which events to give. */
export interface ProcessEventsOptions extends EventsOptions {
  /** Kernel memory for events not read yet, bytes (default 8 MiB); see `watchTasks`. */
  readonly receiveBufferBytes?: number;
  /** A registry whose other modules are to run on the same watch (default: an empty one). */
  readonly watchers?: TaskWatchers;
}

/**
 * Process events of this host, by a watch of their own: every task, or with `pid` those processes and their descent until
 * the last of them has ended. Listens from the moment the promise resolves. Closing the stream closes the watch, and so
 * does that end; until then it keeps the process alive.
 *
 * Needs no privilege since Linux 6.6, CAP_NET_ADMIN before.
 *
 * @throws (rejects) SourceUnavailableError when the kernel does not tell us, with the reason and the remedy
 * @throws (rejects) TypeError or RangeError on a bad option; Error `ESRCH` when there is no process `pid`, `EINVAL` when it
 *   is a thread of one; the reason of the signal when that is aborted already; NotifierError `EBUSY` when the registry
 *   given has a watch
 */
export async function processEvents(options: ProcessEventsOptions = {}): Promise<ProcEventStream> {
  checkOptions(options);
  const {
    receiveBufferBytes,
    watchers = new TaskWatchers(),
    queueLimit,
    signal,
    ...filter
  } = options;
  signal?.throwIfAborted();
  const source = createProcEvents({ name: freeName(watchers) });
  const loaded = watchers.load(source);
  const opened: TaskWatch[] = [];
  const release = async (): Promise<void> => {
    for (const watch of opened) await watch.close();
    await loaded.unload();
  };
  let stream: ProcEventStream | undefined;
  try {
    stream = new ProcEventStream<ProcEvent>({
      ...(queueLimit !== undefined && { queueLimit }),
      ...(signal !== undefined && { signal }),
      subscribe: (input) =>
        source.subscribe(filter, {
          event: (event) => input.push(event),
          lost: (event) => input.push(event),
          ended: () => input.end(),
        }),
      release,
    });
    const { pid, threads = false } = filter;
    const watch = await watchTasks({
      scope: pid === undefined ? "all" : "followed",
      threads,
      watchers,
      ...(receiveBufferBytes !== undefined && { receiveBufferBytes }),
    });
    opened.push(watch);
    signal?.throwIfAborted();
    for (const root of pid === undefined ? [] : [pid].flat()) watch.follow(root);
    // The watch's end is the stream's. What cannot be given back now is tried again, and told, when the stream is closed.
    if (pid !== undefined)
      void watch
        .whenIdle()
        .then(release)
        .catch(() => {});
    return stream;
  } catch (error) {
    await stream?.close();
    // The stream may have been closed by its signal before there was a watch.
    await release();
    throw error;
  }
}

/** Names are unique in a registry, and this module is only for this stream. */
function freeName(watchers: TaskWatchers): string {
  const taken = new Set(watchers.list().map(({ name }) => name));
  let name = "proc-events";
  for (let n = 2; taken.has(name); n++) name = `proc-events.${n}`;
  return name;
}
