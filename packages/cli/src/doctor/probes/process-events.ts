import { monotonicNs, touchThreadName } from "@task-watchers/linux";
import { openNetlinkSocket } from "@task-watchers/netlink";
import { NETLINK_CONNECTOR } from "@task-watchers/netlink/constants";
import { SourceUnavailableError } from "@task-watchers/tasks";
import { Connector, LIFE_EVENTS } from "@task-watchers/tasks/connector";
import { type Probe, RefusedError } from "../probe.ts";

/** include/uapi/linux/cn_proc.h */
const PROC_EVENT_COMM = 0x200;
/** Bytes that hold any event. */
const SLOT_BYTES = 128;
/** Times the queue is emptied before our own event is taken to be missing: a storm may stand before it. */
const TURNS = 64;

/** Whether the kernel acknowledges LISTEN, and whether an event of ours then arrives. */
export const processEvents: Probe = {
  name: "process-events",
  title: "fork, exec, id changes and exit of every task of the host",
  attempt: () => {
    const heard = new Set<number>();
    const connector = connect(undefined, (what, _pid, tgid) => {
      if (what === PROC_EVENT_COMM) heard.add(tgid);
    });
    try {
      touchThreadName();
      for (let turns = 0; turns < TURNS && !heard.has(process.pid); turns++) connector.drain();
      if (!heard.has(process.pid)) throw deaf();
      return "LISTEN is acknowledged, and an event of this process arrived";
    } finally {
      connector.close();
    }
  },
};

/** Whether the kernel filters events by kind, without which any user can flood a listener. */
export const eventFilter: Probe = {
  name: "event-filter",
  title: "the kernel sends only the kinds of event that are wanted",
  attempt: () => {
    const connector = connect(LIFE_EVENTS, () => {});
    try {
      if (connector.counters().masked)
        return "renaming a thread is not sent to a listener for fork, exec and exit";
      throw new RefusedError("every kind of event is sent", {
        reason: "this kernel does not filter, so any user can flood the queue",
        remedy: "use Linux 6.6 or later",
      });
    } finally {
      connector.close();
    }
  },
};

type Listener = (what: number, pid: number, tgid: number) => void;

function connect(mask: number | undefined, event: Listener): Connector {
  const open = () =>
    openNetlinkSocket({ protocol: NETLINK_CONNECTOR, datagramBytes: SLOT_BYTES, batch: 256 });
  try {
    return new Connector({
      open,
      openBell: open,
      touch: touchThreadName,
      mask,
      tgid: process.pid,
      now: monotonicNs,
      sink: { event, lost: () => {}, settled: () => {} },
    });
  } catch (error) {
    if (!(error instanceof SourceUnavailableError)) throw error;
    // The message has it all in one: what is not available, why, the code, what to do.
    const [, reason = error.message] = /: (.*) \(\w+\); /u.exec(error.message) ?? [];
    throw new RefusedError(`refused: ${error.code}`, { reason, remedy: error.remedy }, error.code);
  }
}

function deaf(): RefusedError {
  return new RefusedError("LISTEN is acknowledged, but no event of this process arrived", {
    reason: "the kernel has stopped sending to its listeners, as some 6.6 to 6.8 kernels do",
    remedy: "update the kernel",
  });
}
