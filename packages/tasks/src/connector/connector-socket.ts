import { SyscallError } from "@task-watchers/linux/syscall-error";
import type { NetlinkTransport } from "@task-watchers/netlink";
import {
  CN_IDX_PROC,
  encodeProcRequest,
  eventTime,
  EXIT_WITH_PARENT_BYTES,
  isProcEvent,
  PROC_CN_MCAST_IGNORE,
  PROC_CN_MCAST_LISTEN,
  PROC_EVENT_COMM,
  PROC_EVENT_EXIT,
  PROC_EVENT_FORK,
  PROC_EVENT_NONE,
  PROC_EVENT_NONZERO_EXIT,
  WORD,
} from "./cn-proc.ts";
import { EventQueue, type ProcEventListener } from "./event-queue.ts";
import { LossCounter } from "./loss.ts";
import { noAcknowledgement, refused } from "./source-error.ts";

/** What a listening socket needs of its surroundings. */
export interface ConnectorSocketOptions {
  /** A new socket of NETLINK_CONNECTOR. */
  readonly open: () => NetlinkTransport;
  /** Makes the kernel send a COMM event of this process before it returns. */
  readonly touch: () => void;
  /** Events wanted; the kernel sends no others where it can filter (since Linux 6.6). Absent: all. */
  readonly mask?: number | undefined;
  /** Events read and not told yet, at most; absent for the queue's own limit. */
  readonly maxQueued?: number | undefined;
  /** This process. */
  readonly tgid: number;
}

/** What came in, over all sockets of one connector. */
export interface Tally {
  /** Well-formed datagrams from the kernel. */
  received: number;
  /** Datagrams that another process sent. */
  spoofed: number;
  /** Datagrams that are no process event. */
  malformed: number;
  /** Times the receive queue was full. */
  overruns: number;
  /** Receive calls that failed for another reason. */
  receiveErrors: number;
}

/** Requests sent before silence is taken for an answer: another's overflow may have swallowed one. */
const TRIES = 3;

/** One socket that the kernel sends process events to. */
export class ConnectorSocket {
  readonly transport: NetlinkTransport;
  readonly loss: LossCounter = new LossCounter();
  readonly #options: ConnectorSocketOptions;
  readonly #listener: ProcEventListener;
  readonly #tally: Tally;
  readonly #view: DataView;
  readonly #queue: EventQueue;
  #mask: number | undefined;
  /** Events that one receive may bring. */
  readonly #batch: number;
  #masked = false;
  #wantedAck = -1;
  #ackError: number | undefined;
  #heardSelf = false;
  #closed = false;
  /** An overrun was met since this was last cleared. */
  overrun = false;

  /**
   * Joins the group, has LISTEN acknowledged and sets the mask. Events flow from here on.
   *
   * @throws SourceUnavailableError
   */
  constructor(options: ConnectorSocketOptions, tally: Tally, listener: ProcEventListener) {
    this.#options = options;
    this.#tally = tally;
    this.#listener = listener;
    this.transport = refused("socket", options.open);
    this.#mask = options.mask;
    this.#queue = new EventQueue(options.maxQueued);
    const { words, size } = this.transport.datagrams;
    this.#batch = words.byteLength / size;
    this.#view = new DataView(words.buffer, words.byteOffset, words.byteLength);
    try {
      this.#listen();
    } catch (error) {
      this.transport.close();
      throw error;
    }
  }

  /** Whether the kernel filters for us. It then tells nothing by sequence numbers. */
  get masked(): boolean {
    return this.#masked;
  }

  /** Events that were read and not told yet. */
  get queued(): number {
    return this.#queue.length;
  }

  /** When the oldest of them happened; there must be one. */
  get nextNs(): bigint {
    return this.#queue.timeNs;
  }

  /** Tells the oldest event that was read; there must be one. */
  tell(): void {
    this.#queue.shift(this.#listener);
  }

  /** Empties the kernel's queue into ours, as far as there is room. */
  receive(): void {
    while (!this.#closed && this.#queue.reserve(this.#batch)) {
      let received: number;
      try {
        received = this.transport.receive();
      } catch (error) {
        if (!(error instanceof SyscallError) || error.code !== "ENOBUFS") {
          this.#tally.receiveErrors++;
          return;
        }
        // Reading on at once is what ends the congestion: a socket whose error was taken while its queue was empty
        // drops everything until a receive has found it empty.
        this.overrun = true;
        this.#tally.overruns++;
        continue;
      }
      this.#decode(received);
      // The queue was empty then. What has come since, an error too, has a signal of its own.
      if (received < this.#batch) return;
    }
  }

  /** Brings the count of lost events up to date. */
  countDrops(): void {
    if (!this.#closed) this.loss.drops(this.transport.drops());
  }

  /** Asks for other events from now on. Only for a socket that was opened with a mask. @throws SyscallError */
  remask(mask: number): void {
    this.#mask = mask;
    if (this.#masked) this.#sendMask(mask);
  }

  /**
   * Asks the kernel for a COMM event of ourselves. Where a mask is set it is widened for that moment, which lets a flood of
   * them in: a bell is the better one to ask.
   */
  isHearing(): boolean {
    const mask = this.#mask;
    for (let tries = 0; tries < TRIES; tries++) {
      if (this.#masked && mask !== undefined) this.#sendMask(mask | PROC_EVENT_COMM);
      const heard = this.#hearsTouch();
      if (this.#masked && mask !== undefined) this.#sendMask(mask);
      if (heard) return true;
    }
    return false;
  }

  /**
   * @param counted whether the kernel still counts this socket among its listeners. Sending IGNORE when it does not
   *   would take another's place in the count, and silence that one.
   */
  close(counted: boolean): void {
    if (this.#closed) return;
    this.countDrops();
    this.#closed = true;
    try {
      if (counted) this.transport.send(encodeProcRequest(PROC_CN_MCAST_IGNORE, 0));
    } catch {
      // The socket goes anyway; the kernel then merely keeps building messages that nobody gets.
    }
    this.transport.close();
  }

  /** The acknowledgement is queued before sendto(2) returns, so there is nothing to wait for. */
  #listen(): void {
    refused("bind", () => this.transport.join(CN_IDX_PROC));
    for (let tries = 0; tries < TRIES && this.#ackError === undefined; tries++) {
      const ack = Math.floor(Math.random() * 0x7fff_ffff);
      this.#wantedAck = ack + 1;
      refused("listen", () => this.transport.send(encodeProcRequest(PROC_CN_MCAST_LISTEN, ack)));
      this.receive();
    }
    if (this.#ackError === undefined) throw noAcknowledgement();
    if (this.#ackError !== 0) {
      const error = new SyscallError("listen", this.#ackError);
      refused("listen", () => {
        throw error;
      });
    }
    const mask = this.#mask;
    if (mask === undefined) return;
    this.#sendMask(mask & ~PROC_EVENT_COMM || PROC_EVENT_EXIT);
    this.receive();
    // Older kernels ignore the request and go on sending everything; our own COMM event tells which it is.
    this.#masked = !this.#hearsTouch();
    if ((mask & PROC_EVENT_COMM) !== 0) this.#sendMask(mask);
  }

  /** Events that the mask lets through. */
  #wanted(): number {
    const mask = this.#mask ?? 0;
    return (mask & PROC_EVENT_NONZERO_EXIT) === 0 ? mask : mask | PROC_EVENT_EXIT;
  }

  #sendMask(mask: number): void {
    this.transport.send(encodeProcRequest(PROC_CN_MCAST_LISTEN, 0, mask));
  }

  #hearsTouch(): boolean {
    this.#heardSelf = false;
    this.#options.touch();
    this.receive();
    return this.#heardSelf;
  }

  #decode(received: number): void {
    const { datagrams } = this.transport;
    const { words, size } = datagrams;
    const stride = size / 4;
    for (let i = 0; i < received; i++) {
      const at = i * stride;
      // Anyone with CAP_NET_ADMIN can send to the group; only port 0 is the kernel.
      if (datagrams.senderPort(i) !== 0) {
        this.#tally.spoofed++;
        continue;
      }
      if (!isProcEvent(datagrams, i)) {
        this.#tally.malformed++;
        continue;
      }
      this.#tally.received++;
      if (!this.#masked) {
        this.loss.sequence(words[at + WORD.cpu] ?? 0, words[at + WORD.sequence] ?? 0);
      }
      this.#keep(words, at, datagrams.length(i));
    }
  }

  #keep(words: Uint32Array, at: number, length: number): void {
    const what = words[at + WORD.what] ?? 0;
    const data = at + WORD.data;
    const a = words[data] ?? 0;
    const b = words[data + 1] ?? 0;
    const c = words[data + 2] ?? 0;
    const d = words[data + 3] ?? 0;
    const e = words[data + 4] ?? 0;
    const f = words[data + 5] ?? 0;
    if (what === PROC_EVENT_NONE) {
      // Every unfiltered listener hears every other's acknowledgement too.
      if (words[at + WORD.ack] === this.#wantedAck) this.#ackError = a;
      return;
    }
    if (what === PROC_EVENT_COMM && b === this.#options.tgid) this.#heardSelf = true;
    // What was asked for as a sign of life only.
    if (this.#masked && (what & this.#wanted()) === 0) return;
    const timeNs = eventTime(this.#view, at * 4);
    if (what === PROC_EVENT_FORK) {
      this.#queue.push(what, c, d, a, b, timeNs, 0, 0);
    } else if (what === PROC_EVENT_EXIT) {
      const parent = length < EXIT_WITH_PARENT_BYTES ? 0 : f;
      this.#queue.push(what, a, b, c, parent, timeNs, 0, 0);
    } else {
      this.#queue.push(what, a, b, c, d, timeNs, e, f);
    }
  }
}
