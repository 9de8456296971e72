import type { ReadySignal } from "@task-watchers/netlink";
import { ConnectorSocket, type ConnectorSocketOptions, type Tally } from "./connector-socket.ts";
import type { ProcEventListener } from "./event-queue.ts";
import type { Loss } from "./loss.ts";

/** Notices read and not told yet, at most: a flood of them is not to take all memory. */
const MAX_NOTICES = 65_536;

/** What notices need of their surroundings. */
export interface NoticesParts {
  readonly socket: ConnectorSocketOptions;
  readonly tally: Tally;
  readonly listener: ProcEventListener;
  /** Called when there is something to read, then not again until `settled`. */
  readonly readable: () => void;
  readonly lost: (loss: Loss) => void;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly now: () => bigint;
}

/**
 * The events that are not part of a task's life, through a socket of their own while somebody wants them. Any user can make
 * hundreds of thousands of them a second (prctl(2) with PR_SET_NAME); here they overflow a queue that holds nothing else.
 */
export class Notices {
  readonly #parts: NoticesParts;
  #mask = 0;
  #socket: ConnectorSocket | undefined;
  #signal: ReadySignal | undefined;
  /** The last time it was certain that nothing was missing. */
  #soundNs = 0n;
  #lostBefore = 0;

  constructor(parts: NoticesParts) {
    this.#parts = parts;
  }

  /** Open while notices are wanted. */
  get socket(): ConnectorSocket | undefined {
    return this.#socket;
  }

  /** How many were lost, all in all. */
  get lost(): number {
    this.#socket?.countDrops();
    return this.#lostBefore + (this.#socket?.loss.total ?? 0);
  }

  /** Wants these from now on; 0 for none. @throws SourceUnavailableError, and then nothing has changed */
  want(mask: number): void {
    if (mask === this.#mask) return;
    if (mask === 0) this.close(true);
    else if (this.#socket === undefined) this.#open(mask);
    else this.#socket.remask(mask);
    this.#mask = mask;
  }

  /** All that was there is told: what did not fit can be told now. No task begins or ends by a notice. */
  settled(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#signal?.start();
    socket.overrun = false;
    socket.countDrops();
    const count = socket.loss.take();
    const untilNs = this.#parts.now();
    const sinceNs = this.#soundNs;
    this.#soundNs = untilNs;
    if (count > 0) this.#parts.lost({ reason: "overrun", notices: true, count, sinceNs, untilNs });
  }

  /** The kernel has forgotten its listeners; tried again at the next call when there is no socket to be had. */
  reopen(): void {
    this.close(false);
    try {
      if (this.#mask !== 0) this.#open(this.#mask);
    } catch {
      // What cannot be had is missing until it can.
    }
  }

  /** Whether notices are wanted and there is no socket for them. */
  get broken(): boolean {
    return this.#mask !== 0 && this.#socket === undefined;
  }

  /** @param counted see `ConnectorSocket.close` */
  close(counted: boolean): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#signal?.stop();
    socket.close(counted);
    this.#lostBefore += socket.loss.total;
    this.#socket = undefined;
  }

  #open(mask: number): void {
    const { socket: options, tally, listener, readable } = this.#parts;
    const socket = new ConnectorSocket(
      { ...options, mask, maxQueued: MAX_NOTICES },
      tally,
      listener,
    );
    const signal = socket.transport.onReadable(() => {
      signal.stop();
      readable();
    });
    // Whoever listens for notices listens for lives too, and that keeps the process alive.
    signal.unref();
    this.#socket = socket;
    this.#signal = signal;
    this.#soundNs = this.#parts.now();
  }
}
