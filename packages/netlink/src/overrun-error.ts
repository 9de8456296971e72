/** Messages were lost because the queue was full: the kernel's receive queue, or a stream's own. */
export class OverrunError extends Error {
  override readonly name = "OverrunError";
  readonly code = "ENOBUFS";
  /**
   * How many, exactly; the sum over all overruns of a socket is its drop counter. 0 when the kernel says that there was
   * a loss but could not count it, as when it found no memory for a notification.
   */
  readonly lost: number;
  /** Which queue was full: the socket's, or that of a stream whose reader is too slow. */
  readonly queue: "socket" | "stream";

  constructor(lost: number, queue: "socket" | "stream" = "socket") {
    const what = lost === 0 ? "messages" : `${lost} messages`;
    super(`ENOBUFS: ${what} lost, ${queue} queue full`);
    this.lost = lost;
    this.queue = queue;
  }
}
