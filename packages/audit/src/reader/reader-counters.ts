/** What a reader has counted; all only grow, but `queued`. */
export interface AuditReaderCounters {
  /** Records handed to `onRecord`. */
  readonly told: number;
  /** Records that were read and wait in our own queue. */
  readonly queued: number;
  /** Records the kernel dropped because the socket's queue was full; exact. Not in the kernel's own count of lost records. */
  readonly lost: number;
  /** Times that queue was found to have been full. */
  readonly overruns: number;
  /** Datagrams from other processes than the kernel: dropped. */
  readonly spoofed: number;
  /** Datagrams too short to be a record: dropped. */
  readonly malformed: number;
  /** Records longer than a slot of 9,216 bytes, which the kernel does not make: told without their end. */
  readonly truncated: number;
  /** Times the event loop was woken to read. */
  readonly wakeUps: number;
  /** Kernel memory the socket's queue may take, bytes, as got. */
  readonly receiveBufferBytes: number;
}
