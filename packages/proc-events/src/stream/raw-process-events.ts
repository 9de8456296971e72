import { monotonicNs, touchThreadName } from "@task-watchers/linux";
import { openNetlinkSocket } from "@task-watchers/netlink";
import { Connector } from "@task-watchers/tasks/connector";
import { EVENT_BITS, PROC_EVENT_NONZERO_EXIT } from "../event/cn-proc-kinds.ts";
import { fromLoss } from "../event/from-task.ts";
import type { ProcEventKind } from "../event/proc-event.ts";
import { type RawProcessEvent, rawEvent } from "../event/raw-event.ts";
import { checkFilter } from "../filter/check-filter.ts";
import { checkOptions } from "../filter/check-options.ts";
import { ProcEventStream, type StreamInput, type StreamOptions } from "./proc-event-stream.ts";

/** Which events of the kernel to give. */
export interface RawProcessEventsOptions extends StreamOptions {
  /** Kinds of events; the kernel sends no others (since Linux 6.6). */
  readonly kinds: readonly ProcEventKind[];
  /** Only exits with a code other than 0, or by a signal; sorted out by the kernel too. Other kinds come as they are. */
  readonly failed?: boolean;
  /** Kernel memory for events not read yet, bytes (default 8 MiB, some 10,000 events). */
  readonly receiveBufferBytes?: number;
}

const OPTION_KEYS = ["kinds", "failed", "queueLimit", "receiveBufferBytes", "signal"];

// include/uapi/linux/netlink.h
const NETLINK_CONNECTOR = 11;
/** Holds one event: 76 bytes today. */
const EVENT_SLOT_BYTES = 128;

/**
 * The kernel's process events as they are: no table of tasks, nothing read from /proc, every thread an event of its own. The
 * cheapest way to a few kinds. Losses stand in their place as `lost`. Keeps the process alive until it is closed. While a
 * quiet stream asks for a sign of life, it hears its own `comm` if that kind was asked for.
 *
 * Needs no privilege since Linux 6.6, CAP_NET_ADMIN before.
 *
 * @throws (rejects) SourceUnavailableError when the kernel does not tell us, with the reason and the remedy
 * @throws (rejects) TypeError or RangeError on a bad option; the reason of the signal when that is aborted already
 */
export async function rawProcessEvents(
  options: RawProcessEventsOptions,
): Promise<ProcEventStream<RawProcessEvent>> {
  checkOptions(options, OPTION_KEYS);
  const { kinds, failed = false, receiveBufferBytes = 8_388_608, queueLimit, signal } = options;
  if (kinds === undefined) throw new TypeError("kinds must name the kinds of events wanted");
  checkFilter({ kinds, failed });
  if (!Number.isSafeInteger(receiveBufferBytes) || receiveBufferBytes < 0) {
    throw new RangeError(
      `receiveBufferBytes must be a whole number of bytes, got ${receiveBufferBytes}`,
    );
  }
  signal?.throwIfAborted();
  return new ProcEventStream<RawProcessEvent>({
    ...(queueLimit !== undefined && { queueLimit }),
    ...(signal !== undefined && { signal }),
    subscribe: (input) => {
      const connector = connect(kinds, failed, receiveBufferBytes, input);
      connector.start();
      return () => connector.close();
    },
  });
}

function connect(
  kinds: readonly ProcEventKind[],
  failed: boolean,
  receiveBufferBytes: number,
  input: StreamInput<RawProcessEvent>,
): Connector {
  const open = (bytes: number) => () =>
    openNetlinkSocket({
      protocol: NETLINK_CONNECTOR,
      receiveBufferBytes: bytes,
      datagramBytes: EVENT_SLOT_BYTES,
      batch: 256,
    });
  const wanted = kinds.reduce((bits, kind) => bits | EVENT_BITS[kind], 0);
  return new Connector({
    open: open(receiveBufferBytes),
    openBell: open(0),
    touch: touchThreadName,
    now: monotonicNs,
    mask: maskOf(kinds, failed),
    tgid: process.pid,
    sink: {
      event: (...words) => {
        const [what] = words;
        // An older kernel sends every kind.
        if ((what & wanted) === 0) return;
        const event = rawEvent(...words);
        if (event === undefined) return;
        if (failed && event.type === "exit" && event.code === 0) return;
        input.push(event);
      },
      lost: (loss) => input.push(fromLoss(loss)),
      settled: () => {},
    },
  });
}

/** The event mask, an unsigned number. */
export function maskOf(kinds: readonly ProcEventKind[], failed: boolean): number {
  const bits = kinds.map((kind) =>
    kind === "exit" && failed ? PROC_EVENT_NONZERO_EXIT : EVENT_BITS[kind],
  );
  return bits.reduce((mask, bit) => mask | bit, 0) >>> 0;
}
