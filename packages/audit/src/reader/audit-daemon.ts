import { SyscallError } from "@task-watchers/linux";
import {
  encodeMessage,
  NetlinkError,
  type NetlinkTransport,
  openNetlinkSocket,
} from "@task-watchers/netlink";
import {
  NETLINK_AUDIT,
  NLM_F_ACK,
  NLM_F_REQUEST,
  NLMSG_ERROR,
} from "@task-watchers/netlink/constants";
import { type AuditClient, openAuditClient } from "../client/audit-client.ts";
import { AUDIT_SET } from "../client/constants.ts";
import { errorCode, explain } from "../client/refusal.ts";
import { encodeDaemonPid } from "../client/status.ts";
import { type AuditReaderOptions, RECEIVE_BUFFER_BYTES, requireListeners } from "./audit-reader.ts";
import { giveLimitsBack, type Limits, registered, takeLimits } from "./daemon-limits.ts";
import type { AuditReaderCounters } from "./reader-counters.ts";
import { RECORD_SLOT_BYTES, RecordReader } from "./record-reader.ts";

/** How to be the daemon. */
export interface AuditDaemonOptions extends AuditReaderOptions {
  /** Records the kernel keeps for us while we do not read (default 8192; a larger or unlimited one stays). */
  readonly backlogLimit?: number;
}

/** The registered audit daemon, as long as it is open. Keeps the process alive until `unref` or `close`. */
export interface AuditDaemon extends AsyncDisposable {
  /** Reads what has come by now and tells it. Returns how many records that were. */
  drain(): number;
  readonly counters: AuditReaderCounters;
  readonly closed: boolean;
  ref(): void;
  unref(): void;
  /** Unregisters, tells what is left, and puts the limits back. Twice does nothing. */
  close(): Promise<void>;
}

const ANSWER_SEQUENCE = 1;

/**
 * Becomes the one daemon to which the kernel sends its records. Not needed to read: `openAuditReader` disturbs nobody. What it is for
 * is to end the kernel's printing of records to its own log, and to have the kernel keep records while this process does not get
 * to read.
 *
 * A daemon that reads slowly holds up every program that makes a record, for 60 s at a time by default. So this sets the wait to 0
 * before it registers: then the kernel drops records, and counts them (`lost` of the status). It puts both limits back when
 * closed; after a SIGKILL the next daemon of ours does, from a file in /run. Needs CAP_AUDIT_CONTROL in the initial namespaces.
 *
 * @throws AuditUnavailableError `EEXIST` when there is a daemon, `EPERM`, `ELOCKED`
 */
export async function openAuditDaemon(options: AuditDaemonOptions): Promise<AuditDaemon> {
  requireListeners(options);
  const { backlogLimit = 8192, receiveBufferBytes = RECEIVE_BUFFER_BYTES, signal } = options;
  if (!Number.isInteger(backlogLimit) || backlogLimit < 1 || backlogLimit > 0xffff_ffff) {
    throw new RangeError(`backlogLimit must be a positive whole number, got ${backlogLimit}`);
  }
  signal?.throwIfAborted();
  const client = await openAuditClient();
  try {
    const limits = await takeLimits(client, backlogLimit);
    try {
      const transport = openNetlinkSocket({
        protocol: NETLINK_AUDIT,
        receiveBufferBytes,
        datagramBytes: RECORD_SLOT_BYTES,
      });
      const daemon = new Daemon(transport, client, limits, options);
      daemon.start();
      return daemon;
    } catch (error) {
      await giveLimitsBack(client, limits);
      throw explain(error);
    }
  } catch (error) {
    client.close();
    throw error;
  }
}

class Daemon implements AuditDaemon {
  readonly #transport: NetlinkTransport;
  readonly #client: AuditClient;
  readonly #limits: Limits;
  readonly #options: AuditDaemonOptions;
  readonly #reader: RecordReader;
  #answer: number | undefined;
  #closed = false;
  #ended: Promise<void> | undefined;

  constructor(
    transport: NetlinkTransport,
    client: AuditClient,
    limits: Limits,
    options: AuditDaemonOptions,
  ) {
    this.#transport = transport;
    this.#client = client;
    this.#limits = limits;
    this.#options = options;
    const sink = { record: options.onRecord, lost: options.onLost };
    this.#reader = new RecordReader(transport, sink, {
      fail: (error) => void this.#close(error).catch(() => {}),
      control: (type, payload) => this.#control(type, payload),
    });
  }

  /** @throws NetlinkError, and then is closed */
  start(): void {
    try {
      this.#register(process.pid);
    } catch (error) {
      this.#closed = true;
      this.#reader.close();
      throw errorCode(error) === "EEXIST" ? registered(undefined, error) : error;
    }
    this.#options.signal?.addEventListener("abort", this.#abort);
    this.#reader.start();
  }

  get counters(): AuditReaderCounters {
    return this.#reader.counters;
  }

  get closed(): boolean {
    return this.#closed;
  }

  drain(): number {
    return this.#reader.drain();
  }

  ref(): void {
    this.#reader.ref();
  }

  unref(): void {
    this.#reader.unref();
  }

  close(): Promise<void> {
    return this.#close(undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #close(reason: Error | undefined): Promise<void> {
    this.#ended ??= this.#end(reason);
    return this.#ended;
  }

  async #end(reason: Error | undefined): Promise<void> {
    this.#closed = true;
    this.#options.signal?.removeEventListener("abort", this.#abort);
    try {
      if (reason === undefined) {
        this.#register(0);
        this.#reader.drain();
      }
      this.#reader.close();
      await giveLimitsBack(this.#client, this.#limits);
    } finally {
      this.#reader.close();
      this.#client.close();
      this.#options.onClose?.(reason);
    }
  }

  /** The kernel sends to the socket that asked; it answers before sendto(2) returns. */
  #register(pid: number): void {
    this.#answer = undefined;
    this.#transport.send(
      encodeMessage({
        type: AUDIT_SET,
        flags: NLM_F_REQUEST | NLM_F_ACK,
        sequence: ANSWER_SEQUENCE,
        port: this.#transport.portId,
        payload: encodeDaemonPid(pid),
      }),
    );
    // Behind records, when there are many.
    for (let tries = 0; tries < 64 && this.#answer === undefined; tries++) this.#reader.receive();
    if (this.#answer === undefined) {
      throw new SyscallError("AUDIT_SET", 110, "the kernel did not answer");
    }
    if (this.#answer !== 0) throw new NetlinkError("AUDIT_SET", { value: this.#answer });
  }

  /** A question whether we live (AUDIT_REPLACE) is answered by its having been delivered. */
  #control(type: number, payload: Uint8Array): void {
    if (type !== NLMSG_ERROR || payload.byteLength < 4) return;
    this.#answer = new Int32Array(payload.slice(0, 4).buffer)[0];
  }

  readonly #abort = (): void => void this.close().catch(() => {});
}
