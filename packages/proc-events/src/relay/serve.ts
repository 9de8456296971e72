import { openOwnWatch, type OwnWatch } from "./own-watch.ts";
import { relayHeader } from "./relay-header.ts";
import { checkRelayOptions, type RelayOptions } from "./relay-options.ts";
import { type RelayCounters, RelayServer } from "./relay-server.ts";
import {
  bindRelaySocket,
  type BoundSocket,
  checkSocketFree,
  removeRelaySocket,
} from "./socket-path.ts";

/** One listener of a relay, as it stands. */
export interface ListenerStatus {
  /** Process that connected; it may have given the connection to another. */
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  readonly session: string;
  /** When the session began. */
  readonly since: Date;
  /** Lines that wait for it. */
  readonly queued: number;
  /** Events dropped because it did not keep up. */
  readonly dropped: number;
  /** Lines sent to it. */
  readonly sent: number;
  /** False while its session is kept for it to come back. */
  readonly connected: boolean;
}

/** A relay at work. Keeps the process alive until it is closed. */
export interface Relay {
  /** Path of its socket. */
  readonly path: string;
  /** Resolves when the relay has closed, however that came. */
  readonly closed: Promise<void>;
  /** Its listeners, oldest first. */
  listeners(): ListenerStatus[];
  counters(): RelayCounters;
  /**
   * Removes the socket's file, lets listeners read what waits for them (for half a second at most), tells them that this
   * is the end. Safe twice.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Serves the process events of this host to whoever may connect a Unix socket. Each listener has a filter and a queue of
 * its own; one that does not keep up loses events, which is counted and told to it, and disturbs no other. Who can
 * connect sees the command lines of every user's programs.
 *
 * @throws RelayError `EADDRINUSE` when a relay serves there already, `EEXIST` when something else is there, `ENOENT`
 *   without the directory, `ENAMETOOLONG`
 * @throws SourceUnavailableError when the kernel does not tell us of events (any user since Linux 6.6, CAP_NET_ADMIN
 *   before)
 * @throws TypeError or RangeError on a bad option
 */
export async function serveRelay(options: RelayOptions): Promise<Relay> {
  const checked = checkRelayOptions(options);
  const { path, source, signal, onListener } = options;
  signal?.throwIfAborted();
  // Said before the watch is opened, which takes a while; the file is made after, when it can be served at once.
  await checkSocketFree(path);
  const watch = source ? { source, close: async () => {} } : await openOwnWatch(options);
  let bound: BoundSocket | undefined;
  try {
    const server = new RelayServer({
      ...checked,
      source: watch.source,
      header: relayHeader(watch),
      threads: source !== undefined || options.threads === true,
      ...(onListener && { onListener }),
    });
    bound = await bindRelaySocket(path, checked.access);
    await server.listen(bound);
    return new ServingRelay({ bound, server, watch, ...(signal && { signal }) });
  } catch (error) {
    if (bound) removeRelaySocket(bound);
    await watch.close();
    throw error;
  }
}

interface ServingParts {
  readonly bound: BoundSocket;
  readonly server: RelayServer;
  readonly watch: OwnWatch;
  readonly signal?: AbortSignal;
}

class ServingRelay implements Relay {
  readonly closed: Promise<void>;
  readonly #parts: ServingParts;
  readonly #onAbort = (): void => void this.close();
  #resolveClosed: () => void = () => {};
  #closing: Promise<void> | undefined;

  constructor(parts: ServingParts) {
    this.#parts = parts;
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    if (parts.signal?.aborted) this.#onAbort();
    else parts.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get path(): string {
    return this.#parts.bound.path;
  }

  listeners(): ListenerStatus[] {
    return this.#parts.server.sessions.list().map(({ session, peer, since, outlet }) => ({
      pid: peer.pid,
      uid: peer.uid,
      gid: peer.gid,
      session: session.id,
      since,
      queued: session.queued,
      dropped: session.dropped,
      sent: session.sent,
      connected: outlet !== undefined,
    }));
  }

  counters(): RelayCounters {
    return this.#parts.server.counters();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { bound, server, watch, signal } = this.#parts;
    signal?.removeEventListener("abort", this.#onAbort);
    removeRelaySocket(bound);
    await server.close();
    await watch.close();
    this.#resolveClosed();
  }
}
