import type { NetlinkTransport, ReadySignal } from "@task-watchers/netlink";
import {
  CN_IDX_PROC,
  encodeProcRequest,
  PROC_CN_MCAST_IGNORE,
  PROC_CN_MCAST_LISTEN,
  PROC_EVENT_COMM,
  PROC_EVENT_COREDUMP,
  PROC_EVENT_EXEC,
} from "./cn-proc.ts";

/** What the kernel sends least of: no mask at all would mean everything. */
const SELDOM = PROC_EVENT_COREDUMP;
/** Questions asked before silence is taken for an answer. */
const TRIES = 3;

/**
 * A second socket that gets exec events only and rings for them. What it holds is thrown away: the same events stand in
 * order in the connector's own queue. So an exec wakes us at once, its arguments still readable, while forks and exits,
 * two thirds of all events, need not. Wants Linux 6.6, which filters by kind.
 */
export class ExecBell {
  readonly #transport: NetlinkTransport;
  #mask = PROC_EVENT_EXEC;

  constructor(transport: NetlinkTransport) {
    this.#transport = transport;
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

  /** Throws away what it holds, and returns whether that was anything. What did not fit matters to nobody. */
  silence(): boolean {
    let held = false;
    for (let received = 1; received > 0;) {
      try {
        received = this.#transport.receive();
      } catch {
        // An overrun: reading on is what ends it.
      }
      held ||= received > 0;
    }
    return held;
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
      this.silence();
      this.#ask(this.#mask | PROC_EVENT_COMM);
      touch();
      const heard = this.silence();
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
