/**
 * A netlink socket whose kernel is a script, for tests without privilege, without Linux and without native code.
 * @module
 */
import { SyscallError } from "@task-watchers/linux/syscall-error";
import { type QueuedDatagram, ScriptedDatagrams } from "./scripted-datagrams.ts";
import { ScriptedSignal } from "./scripted-signal.ts";
import type { NetlinkTransport, ReadySignal } from "./transport.ts";

export { acknowledge, endOfDump, replyTo, type ScriptedReply } from "./scripted-replies.ts";

// include/uapi/asm-generic/errno.h, errno-base.h
const EBADF = 9;
const ENOBUFS = 105;

/** Answers a datagram sent to the scripted kernel with the datagrams it sends back, or nothing. */
export type ScriptedHandler = (
  datagram: Uint8Array,
  kernel: ScriptedKernel,
) => Iterable<Uint8Array> | void;

/** What the socket of a scripted kernel is like. */
export interface ScriptedKernelOptions {
  /** Port id of the socket (default 4242). */
  readonly portId?: number;
  /** Bytes kept of a datagram; a multiple of 8 (default 8192). Longer ones are cut and marked. */
  readonly datagramBytes?: number;
  /** Datagrams one `receive` takes (default 64). */
  readonly batch?: number;
  /** Datagrams the queue holds before it overruns (default: no limit). */
  readonly queueLimit?: number;
  /** Value of the drop counter at the start, as if it had counted before (default 0). */
  readonly drops?: number;
}

/** Calls that can be refused. */
export type RefusableCall = "send" | "join" | "enable";

/** The call's name in an error. */
const syscallOf = { send: "sendto", join: "setsockopt", enable: "setsockopt" } as const;

/** A transport for the code under test, and the script's side of it. */
export interface ScriptedKernel extends NetlinkTransport {
  /** Datagrams sent so far, the refused ones left out. */
  readonly sent: readonly Uint8Array[];
  /** Groups joined so far. */
  readonly joined: readonly number[];
  /** Options enabled so far. */
  readonly enabled: readonly number[];
  /** Datagrams waiting to be received. */
  readonly queued: number;
  readonly closed: boolean;
  /** Whether the socket would keep the process alive: watched, started and not unref'd. */
  readonly referenced: boolean;
  /** While true, whatever is sent is swallowed and whatever is pushed vanishes uncounted: a deaf socket. */
  silent: boolean;
  /**
   * Queues a datagram, or drops and counts it where the kernel would.
   *
   * @param senderPort 0 is the kernel (default)
   * @param groups multicast groups it is sent to, as bits; 0 is this socket alone (default)
   */
  push(datagram: Uint8Array, senderPort?: number, groups?: number): void;
  /**
   * The kernel drops `lost` datagrams: the next `receive` throws `ENOBUFS`, before what is already queued. As in the
   * kernel, everything pushed from now on is dropped and counted too, until the queue has been read empty.
   */
  overrun(lost: number): void;
  /** Makes every later call fail with a positive errno, or work again with `undefined`. */
  refuse(call: RefusableCall, errno: number | undefined): void;
}

/** Makes a socket and the kernel at its other end. */
export function scriptedKernel(
  handler?: ScriptedHandler,
  options: ScriptedKernelOptions = {},
): ScriptedKernel {
  return new ScriptedSocket(handler, options);
}

class ScriptedSocket implements ScriptedKernel {
  readonly portId: number;
  readonly receiveBufferBytes = 212_992;
  readonly datagrams: ScriptedDatagrams;
  readonly sent: Uint8Array[] = [];
  readonly joined: number[] = [];
  readonly enabled: number[] = [];
  silent = false;
  readonly #handler: ScriptedHandler | undefined;
  readonly #queueLimit: number;
  readonly #queue: QueuedDatagram[] = [];
  readonly #refusals = new Map<RefusableCall, number>();
  #drops: number;
  #congested = false;
  #errorPending = false;
  #closed = false;
  #signal: ScriptedSignal | undefined;

  constructor(handler: ScriptedHandler | undefined, options: ScriptedKernelOptions) {
    const { portId = 4242, datagramBytes = 8192, batch = 64, queueLimit = Infinity } = options;
    this.#handler = handler;
    this.portId = portId;
    this.datagrams = new ScriptedDatagrams(batch, datagramBytes);
    this.#queueLimit = queueLimit;
    this.#drops = options.drops ?? 0;
  }

  get queued(): number {
    return this.#queue.length;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get referenced(): boolean {
    return this.#signal !== undefined && this.#signal.started && this.#signal.referenced;
  }

  send(datagram: Uint8Array): void {
    this.#check("send");
    const copy = datagram.slice();
    this.sent.push(copy);
    if (this.silent) return;
    for (const reply of this.#handler?.(copy, this) ?? []) this.push(reply);
  }

  receive(): number {
    this.#requireOpen("recvmmsg");
    if (this.#errorPending) {
      this.#errorPending = false;
      throw new SyscallError("recvmmsg", ENOBUFS);
    }
    const taken = this.datagrams.take(this.#queue);
    if (this.#queue.length === 0) this.#congested = false;
    return taken;
  }

  drops(): number {
    this.#requireOpen("getsockopt");
    return this.#drops;
  }

  join(group: number): void {
    this.#check("join");
    this.joined.push(group);
  }

  enable(option: number): void {
    this.#check("enable");
    this.enabled.push(option);
  }

  onReadable(listener: () => void): ReadySignal {
    this.#signal?.stop();
    this.#signal = new ScriptedSignal(listener, () => this.#queue.length > 0 || this.#errorPending);
    return this.#signal;
  }

  close(): void {
    this.#closed = true;
    this.#signal?.stop();
    this.#queue.length = 0;
  }

  push(datagram: Uint8Array, senderPort = 0, groups = 0): void {
    if (this.#closed || this.silent) return;
    if (this.#congested || this.#queue.length >= this.#queueLimit) {
      this.overrun(1);
      return;
    }
    this.#queue.push({ data: datagram.slice(), senderPort, groups });
    this.#signal?.poll();
  }

  overrun(lost: number): void {
    this.#drops = (this.#drops + lost) >>> 0;
    // One error an episode, however many are lost in it.
    if (!this.#congested) this.#errorPending = true;
    this.#congested = true;
    this.#signal?.poll();
  }

  refuse(call: RefusableCall, errno: number | undefined): void {
    if (errno === undefined) this.#refusals.delete(call);
    else this.#refusals.set(call, errno);
  }

  #check(call: RefusableCall): void {
    this.#requireOpen(syscallOf[call]);
    const errno = this.#refusals.get(call);
    if (errno !== undefined) throw new SyscallError(syscallOf[call], errno);
  }

  #requireOpen(syscall: string): void {
    if (this.#closed) throw new SyscallError(syscall, EBADF);
  }
}
