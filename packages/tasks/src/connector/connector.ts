import type { NetlinkTransport } from "@task-watchers/netlink";
import type { EventSink, EventSource, SourceCounters } from "../source/event-source.ts";
import { ConnectorSocket, type ConnectorSocketOptions, type Tally } from "./connector-socket.ts";
import { QUEUED_EVENT_BYTES } from "./cn-proc.ts";
import { drainSockets } from "./drain.ts";
import { ExecBell, type ExecListener } from "./exec-bell.ts";
import { Notices } from "./notices.ts";
import { Pace, TURN_EVENTS } from "./pace.ts";

/** Where a connector's events go. It knows no facts of an exec. */
export type ConnectorSink = Omit<EventSink, "facts">;

/** What a connector needs of its surroundings. */
export interface ConnectorOptions extends ConnectorSocketOptions {
  /** A new socket for the bell; a small queue will do. */
  readonly openBell: () => NetlinkTransport;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly now: () => bigint;
  readonly sink: ConnectorSink;
}

/** Counters of a connector since it was opened. */
export interface ConnectorCounters extends SourceCounters, Readonly<Tally> {
  /** Events the kernel sent and we did not get: the larger of `dropped` and `sequenceGaps`. */
  readonly lost: number;
  /** By the socket's own drop counter, which is exact. */
  readonly dropped: number;
  /** Missing in the per-CPU sequences; null while the kernel filters, for then gaps say nothing. */
  readonly sequenceGaps: number | null;
  /** Times the kernel had stopped sending to us without a sign. */
  readonly deaf: number;
  /** Times the event loop was woken to read. */
  readonly wakeUps: number;
  /** Notices the kernel sent and we did not get; not among `lost`. */
  readonly noticesLost: number;
  /** Size of the receive queue in bytes of kernel memory; an event takes 832. */
  readonly receiveBufferBytes: number;
  /** Whether the kernel filters events by kind for us (since Linux 6.6). */
  readonly masked: boolean;
}

/** Turns in which a connector that is to be closed reads what is left, while a storm goes on. */
const LAST_TURNS = 128;
/** How often a silent connector is asked for a sign of life, and the drop counter is looked at. */
const HEARTBEAT_MS = 1000;

/** The process-events connector: listens, keeps count of what it did not hear, and does not go deaf. */
export class Connector implements EventSource {
  readonly name = "connector";
  readonly #options: ConnectorOptions;
  readonly #tally: Tally = {
    received: 0,
    spoofed: 0,
    malformed: 0,
    overruns: 0,
    receiveErrors: 0,
  };
  readonly #foretell: ExecListener;
  #socket: ConnectorSocket;
  #bell: ExecBell | undefined;
  #pace: Pace | undefined;
  readonly #notices: Notices;
  #heartbeat: NodeJS.Timeout | undefined;
  #referenced = true;
  #hurries = true;
  #closed = false;
  #draining = false;
  #deaf = false;
  #deafTimes = 0;
  #receivedAtBeat = 0;
  /** The last time it was certain that nothing was missing. */
  #soundNs: bigint;
  /** Of sockets that were replaced. */
  #before = { lost: 0, dropped: 0, gaps: 0, wakeUps: 0 };

  /**
   * Listens from the moment it returns; events wait in the receive queue until `start`.
   *
   * @throws SourceUnavailableError
   */
  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#soundNs = options.now();
    this.#foretell = options.sink.foretell ?? (() => {});
    this.#notices = new Notices({
      socket: options,
      tally: this.#tally,
      listener: options.sink.event,
      readable: () => this.#pace?.soon(),
      lost: options.sink.lost,
      now: options.now,
    });
    this.#socket = new ConnectorSocket(options, this.#tally, options.sink.event);
  }

  /** Starts reading. Keeps the process alive until `unref` or `close`. */
  start(): void {
    this.#startPace();
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  ref(): void {
    this.#referenced = true;
    this.#pace?.ref();
  }

  unref(): void {
    this.#referenced = false;
    this.#pace?.unref();
  }

  /**
   * Has the kernel send these other events too, through a queue of their own; 0 for none. Where the kernel does not filter
   * all events come anyway.
   *
   * @throws SourceUnavailableError
   */
  setNotices(mask: number): void {
    if (!this.#closed && this.#socket.masked) this.#notices.want(mask);
  }

  hurry(wanted: boolean): void {
    this.#hurries = wanted;
    if (this.#closed) return;
    this.#bell?.rest(!wanted);
    this.#pace?.heedBell(wanted);
  }

  /** Exact at any time, also after `close`. */
  counters(): ConnectorCounters {
    const socket = this.#socket;
    socket.countDrops();
    return {
      ...this.#tally,
      lost: this.#before.lost + socket.loss.total,
      dropped: this.#before.dropped + socket.loss.dropped,
      sequenceGaps: socket.masked ? null : this.#before.gaps + socket.loss.missing,
      deaf: this.#deafTimes,
      wakeUps: this.#before.wakeUps + (this.#pace?.wakeUps ?? 0),
      noticesLost: this.#notices.lost,
      receiveBufferBytes: socket.transport.receiveBufferBytes,
      masked: socket.masked,
    };
  }

  /** Reads what is queued now, in this turn of the event loop. */
  readonly drain = (): number => {
    // A listener may ask for it: the batch that is being worked through must not be overwritten.
    if (this.#closed || this.#draining) return 0;
    this.#draining = true;
    let events = 0;
    try {
      events = drainSockets(this.#socket, this.#notices.socket, () => !this.#closed, this.#hear);
    } finally {
      this.#draining = false;
    }
    if (this.#closed) return events;
    if (events >= TURN_EVENTS) {
      // What is left may be in our queue, of which no signal tells.
      this.#pace?.again();
      return events;
    }
    if (this.#socket.overrun) this.#reportOverrun();
    this.#notices.settled();
    this.#options.sink.settled();
    return events;
  };

  readonly #hear = (): number => this.#bell?.hear(this.#foretell) ?? 0;

  /** Reads what is queued now, however many turns that takes. */
  drainAll(): void {
    for (let turns = 0; turns < LAST_TURNS && this.drain() >= TURN_EVENTS; turns++);
  }

  /** Stops listening and gives everything back; twice does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#heartbeat);
    this.#notices.close(!this.#deaf);
    this.#pace?.close();
    this.#bell?.close(!this.#deaf);
    this.#socket.close(!this.#deaf);
  }

  #startPace(): void {
    const { transport, masked } = this.#socket;
    const bell = masked ? this.#openBell() : undefined;
    this.#bell = bell;
    this.#pace = new Pace(
      {
        readable: (listener) => transport.onReadable(listener),
        bell: bell && ((listener) => bell.onRing(listener)),
        hear: this.#hear,
      },
      this.drain,
      transport.receiveBufferBytes / QUEUED_EVENT_BYTES,
    );
    if (!this.#referenced) this.#pace.unref();
    if (!this.#hurries) this.hurry(false);
    if (this.#socket.queued > 0) this.#pace.again();
  }

  /** Without a bell all is heard as well, only later. */
  #openBell(): ExecBell | undefined {
    try {
      return new ExecBell(this.#options.openBell());
    } catch {
      return undefined;
    }
  }

  #reportOverrun(): void {
    this.#socket.overrun = false;
    this.#socket.countDrops();
    const count = this.#socket.loss.take();
    const untilNs = this.#options.now();
    const sinceNs = this.#soundNs;
    this.#soundNs = untilNs;
    if (count > 0) this.#options.sink.lost({ reason: "overrun", count, sinceNs, untilNs });
  }

  /** Also finds a loss after which no further event came. */
  #beat(): void {
    if (this.drain() >= TURN_EVENTS || this.#closed) return;
    this.#reportOverrun();
    if (this.#tally.received !== this.#receivedAtBeat || this.#isHearing()) this.#deaf = false;
    else this.#recover();
    if (this.#notices.broken) this.#notices.reopen();
    if (this.#socket.queued > 0) this.#pace?.again();
    this.#receivedAtBeat = this.#tally.received;
  }

  /** A question that cannot be asked, for want of memory say, is no sign of deafness. */
  #isHearing(): boolean {
    try {
      return this.#bell?.isHearing(this.#options.touch) ?? this.#socket.isHearing();
    } catch {
      return true;
    }
  }

  /** Only a fresh socket's LISTEN makes the kernel send again; tried at every beat until it does. */
  #recover(): void {
    if (!this.#deaf) this.#deafTimes++;
    this.#deaf = true;
    const deaf = this.#socket;
    try {
      this.#socket = new ConnectorSocket(this.#options, this.#tally, this.#options.sink.event);
    } catch {
      return;
    }
    const { loss } = deaf;
    this.#before.lost += loss.total;
    this.#before.dropped += loss.dropped;
    this.#before.gaps += loss.missing;
    this.#before.wakeUps += this.#pace?.wakeUps ?? 0;
    this.#pace?.close();
    this.#bell?.close(false);
    deaf.close(false);
    this.#notices.reopen();
    this.#deaf = false;
    this.#startPace();
    const untilNs = this.#options.now();
    this.#options.sink.lost({ reason: "deaf", count: null, sinceNs: this.#soundNs, untilNs });
    this.#soundNs = untilNs;
  }
}
