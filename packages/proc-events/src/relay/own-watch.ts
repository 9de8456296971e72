import { TaskWatchers } from "@task-watchers/chain";
import { watchTasks } from "@task-watchers/tasks";
import { createProcEvents } from "../module/proc-events.ts";
import type { ProcEventSource } from "../module/proc-event-source.ts";
import type { RelayOptions } from "./relay-options.ts";

/** A source of events, and what gives it back. */
export interface OwnWatch {
  readonly source: ProcEventSource;
  /** Kernel memory for events not read yet, bytes. */
  readonly receiveBufferBytes?: number;
  close(): Promise<void>;
}

/**
 * A watch of the whole host that nobody else has a part in.
 *
 * @throws SourceUnavailableError when the kernel does not tell us
 */
export async function openOwnWatch(options: RelayOptions): Promise<OwnWatch> {
  const { threads, receiveBufferBytes } = options;
  const watchers = new TaskWatchers();
  const source = createProcEvents();
  watchers.load(source);
  const watch = await watchTasks({
    scope: "all",
    watchers,
    ...(threads !== undefined && { threads }),
    ...(receiveBufferBytes !== undefined && { receiveBufferBytes }),
  });
  const { connector } = watch.counters();
  return {
    source,
    ...(connector && { receiveBufferBytes: connector.receiveBufferBytes }),
    close: () => watch.close(),
  };
}
