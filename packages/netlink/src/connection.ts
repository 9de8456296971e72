import { SyscallError } from "@task-watchers/linux/syscall-error";
import { NETLINK_CAP_ACK, NETLINK_EXT_ACK, NLM_F_REQUEST, NLMSG_NOOP } from "./constants.ts";
import { type DecodeOptions, encodeMessage, type NetlinkMessage } from "./message.ts";
import { MessageStream, type StreamOptions } from "./message-stream.ts";
import type { OverrunError } from "./overrun-error.ts";
import {
  checkOptions,
  type NetlinkReply,
  type NetlinkRequest,
  PendingRequest,
  requestName,
  type RequestOptions,
} from "./pending-request.ts";
import type { NetlinkTransport } from "./transport.ts";
import { TransportReader } from "./transport-reader.ts";

// include/uapi/asm-generic/errno.h
const ECANCELED = 125;

/** Receives what no request waits for. Called synchronously; an exception becomes an uncaught one and stops nothing. */
export interface NetlinkListener {
  /** @param message its payload is valid only during the call */
  message(message: NetlinkMessage): void;
  /** Messages were lost; called in their place, after the messages that came before. */
  overrun(error: OverrunError): void;
  /** The connection is closed, with a reason if it was not asked for. */
  close?(reason?: Error): void;
}

/** What a connection has counted; all only grow. */
export interface NetlinkCounters {
  /** Messages from the kernel that were whole. */
  readonly received: number;
  /** Of those, messages that neither a request nor a listener was waiting for. */
  readonly unclaimed: number;
  /** Datagrams from other processes than the kernel: dropped. */
  readonly spoofed: number;
  /** Datagrams from the kernel that were cut off or made no sense. */
  readonly malformed: number;
  /** Messages the kernel dropped because the socket's queue was full. */
  readonly lost: number;
}

/**
 * Requests and notifications over one netlink socket, which it owns. It reads as messages come, at most 4096 datagrams
 * a turn of the event loop, and keeps the process alive while a request is pending or somebody listens.
 */
export class NetlinkConnection {
  readonly #transport: NetlinkTransport;
  readonly #reader: TransportReader;
  readonly #pending = new Map<number, PendingRequest>();
  readonly #listeners = new Map<NetlinkListener, { readonly keepAlive: boolean }>();
  #order: readonly NetlinkListener[] = [];
  #sequence = 0;
  #unclaimed = 0;
  #closed = false;

  /** Takes the transport over and reads from it at once. */
  constructor(transport: NetlinkTransport, options: DecodeOptions = {}) {
    this.#transport = transport;
    this.#enable(NETLINK_EXT_ACK);
    this.#enable(NETLINK_CAP_ACK);
    this.#reader = new TransportReader(transport, options, {
      message: (message, isToGroup) => this.#message(message, isToGroup),
      malformed: (error, sequence) => this.#pending.get(sequence ?? 0)?.reject(error),
      overrun: (error) => this.#overrun(error),
      fail: (error) => this.#close(error),
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Port id of the socket, in the messages that answer it. */
  get portId(): number {
    return this.#transport.portId;
  }

  get counters(): NetlinkCounters {
    return { ...this.#reader.counters, unclaimed: this.#unclaimed };
  }

  /**
   * Sends a request and collects the answer: with NLM_F_DUMP until NLMSG_DONE, with NLM_F_ACK until the
   * acknowledgement, else until the first message that is not part of a list. (Audit acknowledges before it answers: do
   * not ask it for acknowledgements of what returns data.)
   *
   * @throws NetlinkError when the kernel refuses; SyscallError from sending, `ETIMEDOUT`, `ECANCELED` by close;
   *   OverrunError when the answer may be among lost messages; RangeError when it is malformed
   */
  async request(request: NetlinkRequest, options: RequestOptions = {}): Promise<NetlinkReply> {
    checkOptions(options);
    const sequence = this.send(request, requestName(request, options));
    const pending = new PendingRequest(request, options, () => {
      this.#pending.delete(sequence);
      this.#keepAlive();
    });
    this.#pending.set(sequence, pending);
    this.#keepAlive();
    return pending.reply;
  }

  /**
   * Sends a message without waiting for anything; an answer goes to the listeners.
   *
   * @param name what an error calls it
   * @returns its sequence number
   * @throws SyscallError, `ECANCELED` after close
   */
  send(request: NetlinkRequest, name: string = `netlink request ${request.type}`): number {
    if (this.#closed) throw new SyscallError(name, ECANCELED, "the connection is closed");
    // 0 marks notifications.
    this.#sequence = this.#sequence === 0xffff_ffff ? 1 : this.#sequence + 1;
    const { type, flags = 0, payload = new Uint8Array(0) } = request;
    const sequence = this.#sequence;
    const port = this.#transport.portId;
    this.#transport.send(
      encodeMessage({ type, flags: flags | NLM_F_REQUEST, sequence, port, payload }),
    );
    return sequence;
  }

  /** Joins a multicast group by number. @throws SyscallError `EPERM` where the group needs a capability */
  join(group: number): void {
    this.#transport.join(group);
  }

  /**
   * Hands what no request waits for to a listener, from now on.
   *
   * @param options `keepAlive`: whether the process stays alive for it (default true)
   * @returns the undo; twice does nothing
   */
  listen(listener: NetlinkListener, options: { readonly keepAlive?: boolean } = {}): () => void {
    if (this.#closed) throw new SyscallError("listen", ECANCELED, "the connection is closed");
    if (this.#listeners.has(listener)) {
      throw Object.assign(new Error("this listener listens already"), { code: "EEXIST" });
    }
    const entry = { keepAlive: options.keepAlive ?? true };
    this.#listeners.set(listener, entry);
    this.#listenersChanged();
    return () => {
      if (this.#listeners.get(listener) !== entry) return;
      this.#listeners.delete(listener);
      this.#listenersChanged();
    };
  }

  /** The same as an async iterable with a queue of its own, from this call on. */
  messages(options: StreamOptions = {}): MessageStream {
    const { limit = 4096, keepAlive = true } = options;
    const stream = new MessageStream(limit, () => undo());
    const undo = this.listen(
      {
        message: (message) => stream.push({ ...message, payload: message.payload.slice() }),
        overrun: (error) => stream.push(error),
        close: (reason) => stream.end(reason),
      },
      { keepAlive },
    );
    return stream;
  }

  /** Closes the socket, rejects pending requests with `ECANCELED`, ends streams. Twice does nothing. */
  close(): void {
    this.#close(undefined);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  #close(reason: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reader.stop();
    this.#transport.close();
    for (const pending of this.#pending.values()) {
      pending.reject(reason ?? new SyscallError(pending.name, ECANCELED, "the connection closed"));
    }
    this.#notify((listener) => listener.close?.(reason));
    this.#listeners.clear();
    this.#listenersChanged();
  }

  #message(message: NetlinkMessage, isToGroup: boolean): void {
    if (message.type === NLMSG_NOOP) return;
    // Audit leaves the port out of its replies. What a request of ours changed is told to its group under our port and sequence.
    const ours = !isToGroup && (message.port === this.#transport.portId || message.port === 0);
    const pending = ours ? this.#pending.get(message.sequence) : undefined;
    if (pending !== undefined) pending.accept(message);
    else if (this.#listeners.size === 0) this.#unclaimed++;
    else this.#notify((listener) => listener.message(message));
  }

  #overrun(error: OverrunError): void {
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#notify((listener) => listener.overrun(error));
  }

  #notify(call: (listener: NetlinkListener) => void): void {
    // The array is replaced, never changed: who joins now hears the next message, who leaves hears nothing more.
    for (const listener of this.#order) {
      if (!this.#listeners.has(listener)) continue;
      try {
        call(listener);
      } catch (error) {
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }

  #listenersChanged(): void {
    this.#order = [...this.#listeners.keys()];
    this.#keepAlive();
  }

  #keepAlive(): void {
    const listens = [...this.#listeners.values()].some((entry) => entry.keepAlive);
    this.#reader.referenced = this.#pending.size > 0 || listens;
  }

  /** Better errors where the kernel has them; none of this is worth failing for on one that has not. */
  #enable(option: number): void {
    try {
      this.#transport.enable(option);
    } catch (error) {
      if (!(error instanceof SyscallError) || error.code !== "ENOPROTOOPT") throw error;
    }
  }
}
