import type { NetlinkTransport } from "@task-watchers/netlink";
import type {
  ExitCounters,
  ExitListener,
  ExitListenerOptions,
  ExitLoss,
  ExitRecord,
} from "./exit-record.ts";
import { AtExit } from "./at-exit.ts";
import { ExitPace, type Turn, TURN_RECORDS } from "./exit-pace.ts";
import type { ExitTally } from "./exit-sink.ts";
import { ExitSocket } from "./exit-socket.ts";

/** Kernel memory that the record of a single thread takes, bytes [measured on Linux 6.18]. */
const RECORD_BYTES = 1280;
/** What any datagram takes at least: the kernel's own bookkeeping for it. */
const LEAST_RECORD_BYTES = 512;

/** Nothing was read. */
const NO_TURN: Turn = { read: 0, isMore: false };

/** One hook for all listeners: each of its own would be taken for a leak by Node.js from eleven on. */
const atExit = new AtExit();

/** What a listener needs of its surroundings. */
export interface ExitSurroundings {
  /** A new socket of NETLINK_GENERIC. */
  readonly open: () => NetlinkTransport;
  /** The family's id. */
  readonly family: number;
  /** All CPUs of the machine, as the kernel lists them. */
  readonly possible: string;
  readonly cpus: readonly number[];
}

type Handlers = Pick<ExitListenerOptions, "onRecord" | "onLost" | "onError">;

/** Listens on one socket a CPU. */
export class ExitSockets implements ExitListener {
  readonly cpus: readonly number[];
  readonly receiveBufferBytes: number;
  readonly #tally: ExitTally = {
    records: 0,
    lost: 0,
    spoofed: 0,
    unasked: 0,
    malformed: 0,
    overruns: 0,
  };
  readonly #sockets: ExitSocket[] = [];
  readonly #handlers: Handlers;
  readonly #pace: ExitPace;
  #forget: () => void = () => {};
  #draining = false;
  #closing = false;
  #closed = false;

  /**
   * Opens and registers; records may be told before it returns. When one socket fails, those before it are given back.
   *
   * @throws NetlinkError, SyscallError
   */
  constructor(surroundings: ExitSurroundings, handlers: Handlers) {
    const { open, family, possible, cpus } = surroundings;
    this.cpus = cpus;
    this.#handlers = handlers;
    const sink = { record: this.#record, lost: this.#lost };
    try {
      for (const cpu of cpus) {
        const socket = new ExitSocket(cpu, open(), family, this.#tally, sink);
        this.#sockets.push(socket);
        socket.register(possible);
      }
    } catch (error) {
      for (const socket of this.#sockets) {
        socket.deregister();
        socket.transport.close();
      }
      throw error;
    }
    const transports = this.#sockets.map((socket) => socket.transport);
    this.receiveBufferBytes = Math.min(...transports.map((one) => one.receiveBufferBytes));
    this.#pace = new ExitPace(
      transports.map((one) => (listener: () => void) => one.onReadable(listener)),
      () => this.#turn(),
      this.receiveBufferBytes / RECORD_BYTES,
    );
    atExit.add(this.#deregister);
  }

  get counters(): ExitCounters {
    return { ...this.#tally };
  }

  /** Closes when the signal is aborted. */
  closeOn(signal: AbortSignal | undefined): void {
    const onAbort = (): void => this.#close();
    signal?.addEventListener("abort", onAbort);
    this.#forget = () => signal?.removeEventListener("abort", onAbort);
  }

  get closed(): boolean {
    return this.#closed;
  }

  ref(): void {
    this.#pace.ref();
  }

  unref(): void {
    this.#pace.unref();
  }

  drain(): void {
    // Once as many were read as a queue holds, everything queued at the call is handed over, even while more comes.
    const turns = Math.ceil(this.receiveBufferBytes / LEAST_RECORD_BYTES / this.#share) + 1;
    for (let left = turns; left > 0 && this.#turn().isMore; left--);
    this.#pace.putOff();
  }

  async close(): Promise<void> {
    this.#close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
  }

  /** Each socket gets its share of a turn, or a storm on one CPU would overflow the queues of the others. */
  get #share(): number {
    return Math.ceil(TURN_RECORDS / this.#sockets.length);
  }

  #turn(): Turn {
    if (this.#draining || this.#closed) return NO_TURN;
    this.#draining = true;
    let [read, isMore] = [0, false];
    try {
      for (const socket of this.#sockets) {
        const one = socket.drain(this.#share);
        read += one;
        isMore ||= one >= this.#share;
        if (this.#closing) break;
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#draining = false;
    }
    if (this.#closing) this.#finish();
    return { read, isMore };
  }

  #close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#pace.close();
    // From now on the queues only get shorter.
    this.#deregister();
    if (!this.#draining) this.#finish();
  }

  #finish(): void {
    if (this.#closed) return;
    this.#draining = true;
    atExit.delete(this.#deregister);
    this.#forget();
    for (const socket of this.#sockets) {
      try {
        socket.close();
      } catch (error) {
        this.#throwLater(error);
      }
    }
    this.#closed = true;
  }

  #fail(error: unknown): void {
    const { onError } = this.#handlers;
    if (onError === undefined) this.#throwLater(error);
    else this.#call(() => onError(error instanceof Error ? error : new Error(String(error))));
    this.#close();
  }

  readonly #deregister = (): void => {
    for (const socket of this.#sockets) socket.deregister();
  };

  readonly #record = (record: ExitRecord): void => {
    this.#call(() => this.#handlers.onRecord(record));
  };

  readonly #lost = (loss: ExitLoss): void => {
    this.#call(() => this.#handlers.onLost(loss));
  };

  /** What a handler throws must not end the reading. */
  #call(body: () => void): void {
    try {
      body();
    } catch (error) {
      this.#throwLater(error);
    }
  }

  #throwLater(error: unknown): void {
    process.nextTick(() => {
      throw error;
    });
  }
}
