import { monotonicNs } from "@task-watchers/linux";
import { show } from "../filter/check-filter.ts";
import { checkOptions } from "../filter/check-options.ts";
import type { ProcEventFilter } from "../filter/filter.ts";
import { checkQueueLimit } from "../stream/bounded-queue.ts";
import { RelayStream } from "./relay-stream.ts";
import { checkSocketPath } from "./socket-path.ts";
import { splitFilter } from "./wire-filter.ts";

/**
 * What to hear of, and how. Regular expressions of `command` are applied here and never sent; what is lost is counted
 * without regard to them.
 */
export interface ConnectOptions extends ProcEventFilter {
  /**
   * Have what the task ran, its path and arguments, on every event (default true); without, only `exec` events say it, the
   * lines are shorter, and the relay keeps more of them. A RegExp in `command` needs it and has it.
   */
  readonly withExec?: boolean;
  /** Events that may wait for the consumer here (default 8192); then the relay queues them, and drops when it must. */
  readonly queueLimit?: number;
  /** Closes the stream. */
  readonly signal?: AbortSignal;
  /** Connect again when the connection breaks (default true); without, a loss of unknown size ends the stream. */
  readonly reconnect?: boolean;
  /** First pause before connecting again, milliseconds (default 100); doubled up to 5 s. */
  readonly retryMs?: number;
}

/**
 * Listens to the relay that serves a socket. Needs the right to write to the socket's file, and none besides.
 *
 * @throws (rejects) RelayError `ENOENT` or `ECONNREFUSED` when none serves there, `EACCES` without the right or when the
 *   relay refuses this user, `EAGAIN` when it has as many listeners as it may, `ESRCH` when there is no process `pid`,
 *   `EINVAL` when it is a thread of one, `EPROTO` when what serves there is no relay of this schema
 * @throws (rejects) TypeError or RangeError on a bad option; the reason of the signal when that is aborted
 */
export async function connectRelay(
  path: string,
  options: ConnectOptions = {},
): Promise<RelayStream> {
  checkOptions(options);
  const {
    withExec = true,
    queueLimit = 8192,
    signal,
    reconnect = true,
    retryMs = 100,
    ...filter
  } = options;
  checkSocketPath(path);
  if (typeof withExec !== "boolean") {
    throw new TypeError(`withExec must be true or false, got ${show(withExec)}`);
  }
  checkQueueLimit(queueLimit);
  if (!Number.isInteger(retryMs) || retryMs < 1 || retryMs > MAX_FIRST_RETRY_MS) {
    throw new RangeError(
      `retryMs must be from 1 to ${MAX_FIRST_RETRY_MS} milliseconds, got ${String(retryMs)}`,
    );
  }
  const { wire, patterns } = splitFilter(filter);
  signal?.throwIfAborted();
  const stream = new RelayStream({
    path,
    request: { filter: wire, withExec: withExec || patterns !== undefined },
    reconnect,
    retryMs,
    now: monotonicNs,
    queueLimit,
    ...(patterns !== undefined && { patterns }),
    ...(signal && { signal }),
  });
  await stream.open();
  return stream;
}

const MAX_FIRST_RETRY_MS = 5000;
