import type { NetlinkTransport, ReadySignal } from "@task-watchers/netlink";
import {
  CN_IDX_PROC,
  encodeProcRequest,
  PROC_CN_MCAST_IGNORE,
  PROC_CN_MCAST_LISTEN,
  PROC_EVENT_EXEC,
} from "./cn-proc.ts";

/**
 * A second socket that gets exec events only and rings for them. What it holds is thrown away: the same events stand in
 * order in the connector's own queue. So an exec wakes us at once, its arguments still readable, while forks and exits,
 * two thirds of all events, need not. Wants Linux 6.6, which filters by kind.
 */
export class ExecBell {
  readonly #transport: NetlinkTransport;

  constructor(transport: NetlinkTransport) {
    this.#transport = transport;
    try {
      transport.join(CN_IDX_PROC);
      transport.send(encodeProcRequest(PROC_CN_MCAST_LISTEN, 0, PROC_EVENT_EXEC));
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  onRing(listener: () => void): ReadySignal {
    return this.#transport.onReadable(listener);
  }

  /** Throws away what it holds. What did not fit matters to nobody. */
  silence(): void {
    for (let received = 1; received > 0;) {
      try {
        received = this.#transport.receive();
      } catch {
        // An overrun: reading on is what ends it.
      }
    }
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
}
