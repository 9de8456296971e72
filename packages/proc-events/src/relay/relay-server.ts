import { createServer, type Server, type Socket } from "node:net";
import { monotonicNs } from "@task-watchers/linux";
import type { HeaderLine } from "@task-watchers/trace";
import type { ProcEventSource } from "../module/proc-event-source.ts";
import { checkPeer } from "./access.ts";
import { Connection, type ConnectionHost } from "./connection.ts";
import { EventText } from "./event-text.ts";
import { type Peer, peerOf } from "./peer.ts";
import { formatRefusal, type ListenRequest } from "./protocol.ts";
import { messageOf, RelayError } from "./relay-error.ts";
import { headerLine } from "./relay-header.ts";
import type { CheckedOptions, ListenerEvent } from "./relay-options.ts";
import { type Listening, Sessions } from "./sessions.ts";
import type { BoundSocket } from "./socket-path.ts";
import { type Happening, tellListener } from "./tell-listener.ts";

/** How long listeners may take to read the rest when the relay closes, milliseconds. */
const CLOSE_GRACE_MS = 500;

/** Most connections for each listener there may be: silent ones and those that are sent away count too. */
const CONNECTIONS_PER_LISTENER = 4;

/** What a relay has counted since it began; all only grow. */
export interface RelayCounters {
  /** Connections that became listeners. */
  readonly joined: number;
  /** Sessions taken up again after their connection broke. */
  readonly resumed: number;
  /** Connections sent away, for whatever reason. */
  readonly refused: number;
  /** Sessions that broke off and were not taken up in time. */
  readonly expired: number;
  /** Sessions that broke off and made room for others. */
  readonly evicted: number;
  /** Lines sent to listeners, those that left included. */
  readonly sent: number;
  /** Events dropped because a listener did not keep up, those of listeners that left included. */
  readonly dropped: number;
}

/** What a relay server is made of. */
export interface RelayServerParts extends CheckedOptions {
  readonly source: ProcEventSource;
  readonly header: HeaderLine;
  /** False when the source is known to have no threads. */
  readonly threads: boolean;
  readonly onListener?: (event: ListenerEvent) => void;
}

/** Takes connections and gives each its session. */
export class RelayServer implements ConnectionHost {
  readonly #parts: RelayServerParts;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #waiting: Array<() => void> = [];
  readonly #counts = { joined: 0, refused: 0, sent: 0, dropped: 0 };
  readonly sessions: Sessions;

  constructor(parts: RelayServerParts) {
    this.#parts = parts;
    const { source, limits } = parts;
    this.sessions = new Sessions(limits, { source, text: new EventText(), now: monotonicNs });
    this.#server = createServer((socket) => this.#accept(socket));
    // Beyond that nobody is told why.
    this.#server.maxConnections = CONNECTIONS_PER_LISTENER * limits.maxListeners;
    this.#server.on("drop", () => this.#counts.refused++);
  }

  /** Begins to take connections; the descriptor is the server's from now on. */
  async listen({ fd }: BoundSocket): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ fd: fd.number }, resolve);
    });
    this.#server.removeAllListeners("error");
    // A connection that could not be taken, for want of descriptors: the others go on.
    this.#server.on("error", () => this.#counts.refused++);
  }

  counters(): RelayCounters {
    const total = { ...this.#counts, ...this.sessions.counters };
    for (const { session } of this.sessions.list()) {
      total.sent += session.sent;
      total.dropped += session.dropped;
    }
    return total;
  }

  /** Tells listeners that this is the end, and waits for them, but not long. */
  async close(): Promise<void> {
    this.#server.close();
    this.sessions.end();
    for (const connection of this.#connections) {
      if (!connection.isSilent) continue;
      connection.refuse(new RelayError("ECONNREFUSED", "the relay is closing"));
    }
    await this.#whenEmpty();
    for (const connection of this.#connections) connection.destroy();
    for (const listening of this.sessions.list()) this.#remove(listening);
  }

  open(connection: Connection, request: ListenRequest): { listening: Listening; header: string } {
    if (request.filter["threads"] === true && !this.#parts.threads) {
      throw new RelayError("EINVAL", "this relay watches no threads; start it with threads");
    }
    const { listening, resumed } = this.sessions.open(connection.peer, request, connection);
    if (!resumed) this.#counts.joined++;
    const { id, seq } = listening.session;
    this.#tell({ type: resumed ? "resumed" : "joined", peer: connection.peer, session: id });
    return { listening, header: headerLine(this.#parts.header, { session: id, seq, resumed }) };
  }

  broke(connection: Connection, listening: Listening): void {
    this.sessions.broke(listening, connection);
    this.#tell({ type: "lost", peer: connection.peer, session: listening.session.id });
  }

  left(connection: Connection, listening: Listening, error?: RelayError): void {
    if (error) this.#counts.refused++;
    this.#remove(listening);
    this.#tell({ type: "left", peer: connection.peer, session: listening.session.id, error });
  }

  refused(connection: Connection, error: RelayError): void {
    this.#counts.refused++;
    this.#tell({ type: "refused", peer: connection.peer, error });
  }

  closed(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #accept(socket: Socket): void {
    // "close" follows, and says all there is to do.
    socket.on("error", () => {});
    let peer: Peer;
    try {
      peer = peerOf(socket);
    } catch (error) {
      this.#counts.refused++;
      socket.end(formatRefusal({ code: "EIO", message: messageOf(error) }), () => socket.destroy());
      return;
    }
    if (this.#isFlood(peer)) {
      this.#counts.refused++;
      socket.destroy();
      return;
    }
    const connection = new Connection(socket, peer, this);
    this.#connections.add(connection);
    try {
      checkPeer(peer, this.#parts.allowed);
      this.#checkCrowd(peer);
    } catch (error) {
      connection.refuse(
        error instanceof RelayError ? error : new RelayError("EIO", messageOf(error)),
      );
    }
  }

  /** One user must not take all the connections there are, not even refused ones. */
  #isFlood({ uid }: Peer): boolean {
    let connections = 0;
    for (const { peer } of this.#connections) if (peer.uid === uid) connections++;
    return connections >= CONNECTIONS_PER_LISTENER * this.#parts.limits.maxListenersPerUid;
  }

  /** Connections that say nothing are held to the same numbers as listeners. */
  #checkCrowd({ uid }: Peer): void {
    const { maxListeners, maxListenersPerUid } = this.#parts.limits;
    const silent = [...this.#connections].filter((connection) => connection.isSilent);
    const own = silent.filter(({ peer }) => peer.uid === uid);
    if (own.length <= maxListenersPerUid && silent.length <= maxListeners) return;
    throw new RelayError(
      "EAGAIN",
      `too many connections that have not said what they want; try again later`,
    );
  }

  #remove(listening: Listening): void {
    this.#counts.sent += listening.session.sent;
    this.#counts.dropped += listening.session.dropped;
    this.sessions.remove(listening);
  }

  #tell(happening: Happening): void {
    tellListener(this.#parts.onListener, happening);
  }

  async #whenEmpty(): Promise<void> {
    if (this.#connections.size === 0) return;
    let grace: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      grace = setTimeout(resolve, CLOSE_GRACE_MS);
    });
    clearTimeout(grace);
  }
}
