import { type NetlinkTransport, openNetlinkSocket } from "@task-watchers/netlink";
import { NETLINK_AUDIT } from "@task-watchers/netlink/constants";
import { AUDIT_NLGRP_READLOG } from "../client/constants.ts";
import { explain } from "../client/refusal.ts";
import { requireInitialNetwork } from "./network-namespace.ts";
import type { AuditReaderCounters } from "./reader-counters.ts";
import { RECORD_SLOT_BYTES, RecordReader } from "./record-reader.ts";
import type { AuditLoss } from "./record-queue.ts";

/** Where records go, and how they are read. */
export interface AuditReaderOptions {
  /**
   * Called for each record, in the order in which the kernel sent them. What it throws becomes an uncaught exception.
   *
   * @param type 1300 for SYSCALL and so on
   * @param text what the kernel wrote, `audit(…): …`, a character for each byte (latin1), without a NUL at the end
   */
  readonly onRecord: (type: number, text: string) => void;
  /** Called where records are missing, in their place in the order. */
  readonly onLost: (loss: AuditLoss) => void;
  /** Called once when it is closed, with the reason if that was not asked for. */
  readonly onClose?: (reason?: Error) => void;
  /**
   * Kernel memory for records not read yet, bytes (default 16 MiB: some 18,000 records). Without CAP_NET_ADMIN the kernel clamps it
   * to twice net.core.rmem_max; `counters` says what was got.
   */
  readonly receiveBufferBytes?: number;
  /** Closes it when aborted. */
  readonly signal?: AbortSignal;
}

/** Reads the kernel's audit records as long as it is open. Keeps the process alive until `unref` or `close`. */
export interface AuditReader extends Disposable {
  /** Reads what has come by now, in this turn of the event loop, and tells it. Returns how many records that were. */
  drain(): number;
  /** Exact at any time, also after `close`. */
  readonly counters: AuditReaderCounters;
  readonly closed: boolean;
  ref(): void;
  unref(): void;
  /** Stops at once; what was read and not told is dropped, so `drain` first. Twice does nothing. */
  close(): void;
}

/** For a buffer of some 18,000 records: see `receiveBufferBytes`. */
export const RECEIVE_BUFFER_BYTES = 16_777_216;

/**
 * Listens to a copy of every record, beside whatever daemon there is (multicast group READLOG, since Linux 3.16). Changes nothing of
 * the host, and cannot hold it up: what it does not read in time is dropped and counted. Needs CAP_AUDIT_READ in the
 * initial user namespace, and the initial network namespace.
 *
 * What records there are depends on the rules, and on audit being enabled: see `AuditLease`.
 *
 * @throws AuditUnavailableError `EPERM`, `EPROTONOSUPPORT`, `ENODATA`; TypeError or RangeError for a bad option
 */
export async function openAuditReader(options: AuditReaderOptions): Promise<AuditReader> {
  requireListeners(options);
  options.signal?.throwIfAborted();
  requireInitialNetwork();
  const { receiveBufferBytes = RECEIVE_BUFFER_BYTES } = options;
  try {
    return readerOver(
      openNetlinkSocket({
        protocol: NETLINK_AUDIT,
        receiveBufferBytes,
        datagramBytes: RECORD_SLOT_BYTES,
      }),
      options,
    );
  } catch (error) {
    throw explain(error, "CAP_AUDIT_READ");
  }
}

/** The same over a socket of any kind, which it owns. */
export function readerOver(transport: NetlinkTransport, options: AuditReaderOptions): AuditReader {
  const opened = new OpenReader(transport, options);
  try {
    transport.join(AUDIT_NLGRP_READLOG);
  } catch (error) {
    transport.close();
    throw error;
  }
  opened.start();
  return opened;
}

class OpenReader implements AuditReader {
  readonly #reader: RecordReader;
  readonly #options: AuditReaderOptions;
  #closed = false;

  constructor(transport: NetlinkTransport, options: AuditReaderOptions) {
    this.#options = options;
    const sink = { record: options.onRecord, lost: options.onLost };
    this.#reader = new RecordReader(transport, sink, { fail: (error) => this.#close(error) });
  }

  start(): void {
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

  close(): void {
    this.#close(undefined);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #close(reason: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#reader.close();
    this.#options.onClose?.(reason);
  }

  readonly #abort = (): void => this.close();
}

/** @throws TypeError for what cannot be called */
export function requireListeners(
  options: Pick<AuditReaderOptions, "onRecord" | "onLost" | "onClose">,
): void {
  for (const name of ["onRecord", "onLost"] as const) {
    if (typeof options[name] !== "function") {
      throw new TypeError(`${name} must be a function, got ${String(options[name])}`);
    }
  }
}
