import { SyscallError } from "@task-watchers/linux/syscall-error";
import {
  decodeMessages,
  type DecodeOptions,
  type NetlinkMessage,
  NLMSGHDR_SIZE,
  nlmsghdrLayout,
} from "./message.ts";
import { OverrunError } from "./overrun-error.ts";
import type { NetlinkTransport, ReadySignal } from "./transport.ts";

/** Datagrams taken in one turn of the event loop. */
const READS_PER_TURN = 4096;

/** Where a reader puts what it reads. */
export interface TransportSink {
  /**
   * @param isToGroup it was sent to a multicast group, so it answers nothing
   * @throws RangeError when the message makes no sense; anything else must not leave it
   */
  message(message: NetlinkMessage, isToGroup: boolean): void;
  /** @param sequence of the datagram's first message, if as much is there and it may be an answer */
  malformed(error: RangeError, sequence: number | undefined): void;
  overrun(error: OverrunError): void;
  /** Reading failed for good. */
  fail(error: Error): void;
}

/** Reads a transport to empty whenever it is readable, and counts what is not to be trusted or was lost. */
export class TransportReader {
  readonly #transport: NetlinkTransport;
  readonly #options: DecodeOptions;
  readonly #sink: TransportSink;
  readonly #signal: ReadySignal;
  #drops: number;
  #overrun = false;
  #referenced = false;
  #continuation: NodeJS.Immediate | undefined;
  #stopped = false;
  readonly counters = { received: 0, spoofed: 0, malformed: 0, lost: 0 };

  constructor(transport: NetlinkTransport, options: DecodeOptions, sink: TransportSink) {
    this.#transport = transport;
    this.#options = options;
    this.#sink = sink;
    this.#drops = transport.drops();
    this.#signal = transport.onReadable(() => {
      if (this.#continuation === undefined) this.#drain();
    });
    this.#signal.unref();
  }

  /** Whether reading keeps the process alive; at first it does not. */
  set referenced(wanted: boolean) {
    if (wanted === this.#referenced || this.#stopped) return;
    this.#referenced = wanted;
    if (wanted) this.#signal.ref();
    else this.#signal.unref();
  }

  /** Must come before the transport is closed. */
  stop(): void {
    this.#stopped = true;
    this.#signal.stop();
    if (this.#continuation !== undefined) clearImmediate(this.#continuation);
  }

  #drain(): void {
    for (let budget = READS_PER_TURN; !this.#stopped;) {
      if (budget <= 0) {
        this.#continueLater();
        return;
      }
      const count = this.#receive();
      if (count === undefined) {
        budget--;
        continue;
      }
      if (count === 0) {
        this.#reportOverrun();
        return;
      }
      budget -= count;
      for (let i = 0; i < count && !this.#stopped; i++) this.#read(i);
    }
  }

  /** Lets the rest of the program run. Readiness alone would not do: after an overrun it may never come. */
  #continueLater(): void {
    this.#continuation = setImmediate(() => {
      this.#continuation = undefined;
      this.#drain();
    });
    if (!this.#referenced) this.#continuation.unref();
  }

  /** How many datagrams came, or undefined when there may be more behind an error. */
  #receive(): number | undefined {
    try {
      return this.#transport.receive();
    } catch (error) {
      if (error instanceof SyscallError && error.code === "ENOBUFS") {
        this.#overrun = true;
        return undefined;
      }
      this.#sink.fail(error instanceof Error ? error : new Error(String(error)));
      return 0;
    }
  }

  /** Only now, with the queue empty: the lost ones came after those that were queued. */
  #reportOverrun(): void {
    if (!this.#overrun || this.#stopped) return;
    this.#overrun = false;
    const drops = this.#transport.drops();
    const lost = (drops - this.#drops) >>> 0;
    this.#drops = drops;
    this.counters.lost += lost;
    this.#sink.overrun(new OverrunError(lost));
  }

  #read(i: number): void {
    const { datagrams } = this.#transport;
    if (datagrams.senderPort(i) !== 0) {
      this.counters.spoofed++;
      return;
    }
    const bytes = datagrams.datagram(i);
    const isToGroup = datagrams.groups(i) !== 0;
    try {
      for (const message of decodeMessages(bytes, this.#options)) {
        this.counters.received++;
        this.#sink.message(message, isToGroup);
        if (this.#stopped) return;
      }
      if (datagrams.truncated(i)) {
        throw new RangeError(
          `Cannot decode datagram: longer than the ${datagrams.size} bytes kept`,
        );
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.counters.malformed++;
      this.#sink.malformed(error, isToGroup ? undefined : sequenceOf(bytes));
    }
  }
}

function sequenceOf(datagram: Uint8Array): number | undefined {
  if (datagram.byteLength < NLMSGHDR_SIZE) return undefined;
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  return nlmsghdrLayout.sequence.read(view, nlmsghdrLayout.sequence.offset);
}
