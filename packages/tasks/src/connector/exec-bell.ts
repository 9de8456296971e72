import { SyscallError } from "@task-watchers/linux/syscall-error";
import type { NetlinkTransport, ReadySignal } from "@task-watchers/netlink";
import {
  CN_IDX_PROC,
  encodeProcRequest,
  eventTime,
  isProcEvent,
  PROC_CN_MCAST_IGNORE,
  PROC_CN_MCAST_LISTEN,
  PROC_EVENT_COMM,
  PROC_EVENT_COREDUMP,
  PROC_EVENT_EXEC,
  WORD,
} from "./cn-proc.ts";

/** What the kernel sends least of: no mask at all would mean everything. */
const SELDOM = PROC_EVENT_COREDUMP;
/** Execs that are told of at once: more do not live at a time, mostly, than there are CPUs and some that wait for one. */
const LATEST = 32;
/** Questions asked before silence is taken for an answer. */
const TRIES = 3;

/** A process has made an exec at this time. */
export type ExecListener = (tgid: number, timeNs: bigint) => void;

/**
 * A second socket that gets exec events only and rings for them. The same events stand in order in the connector's own queue,
 * behind whatever came before: here they can be looked at first. So an exec wakes us at once, its arguments still readable, while forks
 * and exits, two thirds of all events, need not. Wants Linux 6.6, which filters by kind.
 */
export class ExecBell {
  readonly #transport: NetlinkTransport;
  /** Events that one receive may bring. */
  readonly #batch: number;
  readonly #view: DataView;
  readonly #tgids = new Uint32Array(LATEST);
  readonly #times = new BigUint64Array(LATEST);
  #mask = PROC_EVENT_EXEC;

  constructor(transport: NetlinkTransport) {
    this.#transport = transport;
    const { words, size } = transport.datagrams;
    this.#batch = words.byteLength / size;
    this.#view = new DataView(words.buffer, words.byteOffset, words.byteLength);
    try {
      transport.join(CN_IDX_PROC);
      this.#ask(this.#mask);
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  onRing(listener: () => void): ReadySignal {
    return this.#transport.onReadable(listener);
  }

  /** Whether nobody wants it to ring for now: the kernel then does not copy each exec for it either. */
  rest(isResting: boolean): void {
    this.#mask = isResting ? SELDOM : PROC_EVENT_EXEC;
    try {
      this.#ask(this.#mask);
    } catch {
      // It rings unheard, or not at all: its events stand in the connector's own queue.
    }
  }

  /**
   * Tells of the execs it holds, the latest first: of those most are there still. Returns how many it held. Of those that did not fit, or
   * were too many, the connector alone tells.
   */
  hear(listener: ExecListener): number {
    const { datagrams } = this.#transport;
    const { words, size } = datagrams;
    let execs = 0;
    for (let received = this.#receive(); received > 0; received = this.#receive()) {
      for (let i = 0; i < received; i++) {
        const at = (i * size) / 4;
        if (words[at + WORD.what] !== PROC_EVENT_EXEC || !isProcEvent(datagrams, i)) continue;
        // Anyone with CAP_NET_ADMIN can send to the group; only port 0 is the kernel.
        if (datagrams.senderPort(i) !== 0) continue;
        this.#tgids[execs % LATEST] = words[at + WORD.data + 1] ?? 0;
        this.#times[execs % LATEST] = eventTime(this.#view, at * 4);
        execs++;
      }
      if (received < this.#batch) break;
    }
    for (let i = execs - 1; i >= 0 && i >= execs - LATEST; i--) {
      listener(this.#tgids[i % LATEST] ?? 0, this.#times[i % LATEST] ?? 0n);
    }
    return execs;
  }

  /** Throws away what it holds, and returns whether that was anything. */
  #silence(): boolean {
    let held = false;
    while (this.#receive() > 0) held = true;
    return held;
  }

  #receive(): number {
    for (;;) {
      try {
        return this.#transport.receive();
      } catch (error) {
        // An overrun: reading on is what ends it, and what did not fit matters to nobody.
        if (!(error instanceof SyscallError) || error.code !== "ENOBUFS") return 0;
      }
    }
  }

  /**
   * Whether the kernel sends at all: asks for a COMM event of this process. It is asked for here because anybody can make a
   * million of them a second, and while they are let in they take the room of whatever else a queue holds. In such a flood
   * ours may be dropped; another's says as much.
   *
   * @param touch makes the kernel send a COMM event of this process before it returns
   */
  isHearing(touch: () => void): boolean {
    for (let tries = 0; tries < TRIES; tries++) {
      this.#silence();
      this.#ask(this.#mask | PROC_EVENT_COMM);
      touch();
      const heard = this.#silence();
      this.#ask(this.#mask);
      if (heard) return true;
    }
    return false;
  }

  /** @param counted whether the kernel still counts this socket among its listeners; see `ConnectorSocket.close` */
  close(counted: boolean): void {
    try {
      if (counted) this.#transport.send(encodeProcRequest(PROC_CN_MCAST_IGNORE, 0));
    } catch {
      // The socket goes anyway.
    }
    this.#transport.close();
  }

  #ask(mask: number): void {
    this.#transport.send(encodeProcRequest(PROC_CN_MCAST_LISTEN, 0, mask));
  }
}
