import { taskWatchers } from "@task-watchers/chain";
import { monotonicNs } from "@task-watchers/linux/clock";
import { touchThreadName } from "@task-watchers/linux/thread-name";
import { ProcReader } from "@task-watchers/linux/procfs";
import { openNetlinkSocket } from "@task-watchers/netlink/socket";
import { EVENT_SLOT_BYTES, LIFE_EVENTS, NETLINK_CONNECTOR } from "../connector/cn-proc.ts";
import { Connector } from "../connector/connector.ts";
import type { OpenEventSource } from "../source/event-source.ts";
import { TaskWatch } from "./task-watch.ts";
import { checkWatchOptions, type WatchOptions } from "./watch-options.ts";
import type { TaskWatchParts } from "./watch-rooms.ts";

/**
 * Begins to watch tasks and drives the chain with what happens to them. Events count from the moment this is called, so
 * a command started after it is seen from its first instruction on.
 *
 * @throws SourceUnavailableError when the kernel does not tell us, with the reason and the remedy
 * @throws TypeError or RangeError on a bad option
 */
export async function watchTasks(options: WatchOptions = {}): Promise<TaskWatch> {
  checkWatchOptions(options);
  options.signal?.throwIfAborted();
  const watch = new TaskWatch(options, partsOf(options));
  await watch.start();
  return watch;
}

function partsOf(options: WatchOptions): TaskWatchParts {
  const { watchers = taskWatchers, events = connectorOf(options) } = options;
  return {
    watchers,
    proc: new ProcReader(),
    now: monotonicNs,
    open: events,
  };
}

function connectorOf(options: WatchOptions): OpenEventSource {
  const { mask = true, receiveBufferBytes = 8_388_608 } = options;
  const socket = { protocol: NETLINK_CONNECTOR, datagramBytes: EVENT_SLOT_BYTES };
  return (sink) =>
    new Connector({
      open: () => openNetlinkSocket({ ...socket, receiveBufferBytes, batch: 256 }),
      openBell: () => openNetlinkSocket({ ...socket, receiveBufferBytes: 0, batch: 64 }),
      touch: touchThreadName,
      now: monotonicNs,
      ...(mask && { mask: LIFE_EVENTS }),
      tgid: process.pid,
      sink,
    });
}
