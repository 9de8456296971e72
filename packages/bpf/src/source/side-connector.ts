import { monotonicNs, touchThreadName } from "@task-watchers/linux";
import { openNetlinkSocket } from "@task-watchers/netlink";
import type { Loss, ProcEventListener } from "@task-watchers/tasks";
import { Connector, type ConnectorCounters } from "@task-watchers/tasks/connector";

/** Protocol number of the connector: include/uapi/linux/netlink.h. */
const NETLINK_CONNECTOR = 11;
/** Fits the longest process event. */
const EVENT_SLOT_BYTES = 128;
/** Some 1,200 events; these are rare. */
const RECEIVE_BUFFER_BYTES = 1_048_576;
/** Times that a turn reads all there is, while more comes than it reads. */
const READS = 16;

/** Where the events go. */
export interface SideSink {
  /** Called while `read` runs. */
  readonly event: ProcEventListener;
  readonly lost: (loss: Loss) => void;
  /** Something came of its own accord: to be told soon. */
  readonly came: () => void;
}

/**
 * The process-events connector for what the programs do not tell: changes of ids, and notices. Nothing cheap tells those by BPF without
 * kprobes: tracepoints of system calls cost every system call on the host.
 */
export class SideConnector {
  readonly #connector: Connector;
  #reading = false;
  readonly #events: number;

  /** @param events kinds wanted, a mask of PROC_EVENT_* @throws SourceUnavailableError */
  constructor(events: number, sink: SideSink) {
    this.#events = events;
    const socket = { protocol: NETLINK_CONNECTOR, datagramBytes: EVENT_SLOT_BYTES, batch: 64 };
    this.#connector = new Connector({
      open: () => openNetlinkSocket({ ...socket, receiveBufferBytes: RECEIVE_BUFFER_BYTES }),
      // A bell rings for execs, which come through the ring.
      openBell: () => {
        throw new Error("no bell is wanted");
      },
      touch: touchThreadName,
      now: monotonicNs,
      mask: events,
      tgid: process.pid,
      sink: {
        event: (...event) => {
          // Before Linux 6.6 the kernel sends all there are.
          if ((event[0] & this.#events) !== 0) sink.event(...event);
        },
        lost: sink.lost,
        settled: () => {
          if (!this.#reading) sink.came();
        },
      },
    });
  }

  start(): void {
    this.#connector.start();
    // Whoever reads the ring keeps the process alive.
    this.#connector.unref();
  }

  /** Hands over all that has come. */
  read(): void {
    if (this.#reading) return;
    this.#reading = true;
    try {
      for (let reads = 0; reads < READS && this.#connector.drain() > 0; reads++);
    } finally {
      this.#reading = false;
    }
  }

  counters(): ConnectorCounters {
    return this.#connector.counters();
  }

  close(): void {
    this.#connector.close();
  }
}
