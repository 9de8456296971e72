import { SyscallError } from "@task-watchers/linux";
import type { NetlinkTransport } from "@task-watchers/netlink";
import { AUDIT_GET, AUDIT_REPLACE } from "../client/constants.ts";
import { DropCount } from "./drop-count.ts";
import { ReadPace, TURN_RECORDS } from "./pace.ts";
import type { AuditReaderCounters } from "./reader-counters.ts";
import { RecordQueue, type RecordSink } from "./record-queue.ts";

/** What is no record: an answer, or the kernel's question whether we live. */
export type ControlListener = (type: number, payload: Uint8Array) => void;

/** Bytes kept of a datagram: a header, and text of 8,970 bytes at most. */
export const RECORD_SLOT_BYTES = 9216;
/** sizeof(struct nlmsghdr). */
const HEADER_BYTES = 16;
/** Index of nlmsg_type among the 16-bit words. */
const TYPE_HALF = 2;
/** Datagrams read between two goes at telling. */
const READ_AT_ONCE = 8192;
/** Records told between two looks at the kernel's queue. */
const TOLD_AT_ONCE = 128;
/** Memory for records that were read and not told. */
const QUEUE_BYTES = 67_108_864;

/** Reads records from a socket, which it owns, without losing any as long as it gets round to reading. */
export class RecordReader {
  readonly #transport: NetlinkTransport;
  readonly #sink: RecordSink;
  readonly #control: ControlListener;
  readonly #fail: (error: Error) => void;
  readonly #queue: RecordQueue;
  readonly #memory: Buffer;
  readonly #halves: Uint16Array;
  #pace: ReadPace | undefined;
  readonly #drops: DropCount;
  #counts = { told: 0, spoofed: 0, malformed: 0, truncated: 0 };
  #draining = false;
  #closed = false;

  /** @param fail called when reading failed for good, and it is closed */
  constructor(
    transport: NetlinkTransport,
    sink: RecordSink,
    options: {
      readonly fail: (error: Error) => void;
      readonly control?: ControlListener;
      readonly queueBytes?: number;
    },
  ) {
    this.#transport = transport;
    this.#sink = sink;
    this.#control = options.control ?? (() => {});
    this.#fail = options.fail;
    this.#queue = new RecordQueue(options.queueBytes ?? QUEUE_BYTES);
    const { buffer, byteOffset, byteLength } = transport.datagrams.words;
    this.#memory = Buffer.from(buffer, byteOffset, byteLength);
    this.#halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
    this.#drops = new DropCount(transport);
  }

  /** Reads as records come, from now on. Keeps the process alive until `unref` or `close`. */
  start(): void {
    const { receiveBufferBytes } = this.#transport;
    const readable = (listener: () => void): ReturnType<NetlinkTransport["onReadable"]> =>
      this.#transport.onReadable(listener);
    this.#pace = new ReadPace(readable, () => this.#turn(TURN_RECORDS), receiveBufferBytes);
  }

  ref(): void {
    this.#pace?.ref();
  }

  unref(): void {
    this.#pace?.unref();
  }

  /** Exact at any time, also after `close`. */
  get counters(): AuditReaderCounters {
    if (!this.#closed) this.#drops.look();
    return {
      ...this.#counts,
      queued: this.#queue.length,
      lost: this.#drops.lost,
      overruns: this.#drops.overruns,
      wakeUps: this.#pace?.wakeUps ?? 0,
      receiveBufferBytes: this.#transport.receiveBufferBytes,
    };
  }

  /** Reads and tells what is queued now; in a storm half a million records at most. */
  drain(): number {
    const { told } = this.#counts;
    this.#turn(524_288);
    this.#pace?.putOff();
    return this.#counts.told - told;
  }

  /** Takes what is in the kernel's queue into ours, and tells nothing. */
  receive(): void {
    let budget = READ_AT_ONCE;
    while (budget > 0 && !this.#closed && !this.#queue.full) {
      const count = this.#receiveBatch();
      if (count === 0) {
        this.#settle();
        return;
      }
      budget -= Math.max(1, count);
      for (let i = 0; i < count; i++) this.#take(i);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#drops.look();
    this.#closed = true;
    this.#pace?.close();
    this.#transport.close();
  }

  /** A listener may ask for more while it is told: that turn then goes on. */
  #turn(limit: number): number {
    if (this.#closed || this.#draining) return 0;
    this.#draining = true;
    let told = 0;
    try {
      while (told < limit && !this.#closed) {
        this.receive();
        const batch = Math.min(this.#queue.length, TOLD_AT_ONCE);
        if (batch === 0) break;
        for (let i = 0; i < batch && !this.#closed; i++) this.#tell();
        told += batch;
      }
    } finally {
      this.#draining = false;
    }
    return told;
  }

  /** What a listener throws becomes an uncaught exception, and keeps nothing from the next record. */
  #tell(): void {
    try {
      if (this.#queue.shift(this.#sink)) this.#counts.told++;
    } catch (error) {
      this.#counts.told++;
      process.nextTick(() => {
        throw error;
      });
    }
  }

  /** Datagrams in the batch; 0 when the queue is empty; −1 when there may be more behind an overrun. */
  #receiveBatch(): number {
    try {
      return this.#transport.receive();
    } catch (error) {
      if (error instanceof SyscallError && error.code === "ENOBUFS") {
        this.#drops.overrun();
        return -1;
      }
      this.close();
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      return 0;
    }
  }

  /** The queue was read empty: what was lost came behind what has been read. */
  #settle(): void {
    if (this.#closed) return;
    const loss = this.#drops.settle();
    if (loss !== undefined) this.#queue.pushLoss(loss);
  }

  #take(i: number): void {
    const { datagrams } = this.#transport;
    // Whoever has CAP_NET_ADMIN can send to the group.
    if (datagrams.senderPort(i) !== 0) {
      this.#counts.spoofed++;
      return;
    }
    // The length in the header is no help: in what a daemon gets it leaves out the header itself.
    const length = datagrams.length(i);
    if (length < HEADER_BYTES) {
      this.#counts.malformed++;
      return;
    }
    const at = i * datagrams.size;
    const type = this.#halves[at / 2 + TYPE_HALF] ?? 0;
    if (type < AUDIT_GET || type === AUDIT_REPLACE) {
      this.#control(type, datagrams.datagram(i).subarray(HEADER_BYTES));
      return;
    }
    if (datagrams.truncated(i)) this.#counts.truncated++;
    let end = at + length;
    while (end > at + HEADER_BYTES && this.#memory[end - 1] === 0) end--;
    this.#queue.push(type, this.#memory.toString("latin1", at + HEADER_BYTES, end));
  }
}
