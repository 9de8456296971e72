import { monotonicNs } from "@task-watchers/linux";
import type { NetlinkTransport } from "@task-watchers/netlink";
import type { AuditLoss } from "./record-queue.ts";

/** What the kernel dropped because a socket's queue was full, and when. */
export class DropCount {
  readonly #transport: NetlinkTransport;
  #seen: number;
  #lost = 0;
  #reported = 0;
  #isFull = false;
  #soundNs: bigint = monotonicNs();
  /** Times that the queue was found to have been full. */
  overruns = 0;

  constructor(transport: NetlinkTransport) {
    this.#transport = transport;
    this.#seen = transport.drops();
  }

  /** Datagrams so far, exactly, by the last `look`. */
  get lost(): number {
    return this.#lost;
  }

  /** Asks the kernel; the socket must be open. */
  look(): void {
    const drops = this.#transport.drops();
    // The kernel's counter is 32 bits wide and wraps.
    this.#lost += (drops - this.#seen) >>> 0;
    this.#seen = drops;
  }

  /** Reading told that the queue was full: what was lost comes behind what is in it. */
  overrun(): void {
    this.#isFull = true;
  }

  /** The queue was read empty. @returns the loss that has its place here */
  settle(): AuditLoss | undefined {
    const untilNs = monotonicNs();
    const sinceNs = this.#soundNs;
    this.#soundNs = untilNs;
    if (!this.#isFull) return undefined;
    this.#isFull = false;
    this.overruns++;
    this.look();
    const count = this.#lost - this.#reported;
    this.#reported = this.#lost;
    return { reason: "overrun", count, sinceNs, untilNs };
  }
}
