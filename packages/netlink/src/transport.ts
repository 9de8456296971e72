/**
 * What a connection needs from below: datagrams to and from the kernel. `openNetlinkSocket` gives the real one,
 * `@task-watchers/netlink/testing` one whose kernel is a script.
 */

/** Datagrams of the latest `receive`; valid until the next. */
export interface Datagrams {
  /** Bytes a slot holds; datagram `i` begins at byte `i * size` of `words`' memory. */
  readonly size: number;
  /** All slots by 32-bit words in the machine's order. */
  readonly words: Uint32Array;
  /** Bytes kept of datagram `i`. */
  length(i: number): number;
  /** Whether datagram `i` was longer than its slot and lost its end. */
  truncated(i: number): boolean;
  /** Port that sent datagram `i`; 0 is the kernel, anything else another process. */
  senderPort(i: number): number;
  /** Not 0 when datagram `i` was sent to a multicast group: never an answer, whoever made the kernel send it. */
  groups(i: number): number;
  /** The bytes of datagram `i`, as a view. */
  datagram(i: number): Uint8Array;
}

/** Calls back while datagrams are queued. */
export interface ReadySignal {
  start(): void;
  stop(): void;
  /** Lets the process live as long as this is started (the default). */
  ref(): void;
  unref(): void;
}

/** One netlink socket. */
export interface NetlinkTransport {
  /** Port id the kernel gave it. */
  readonly portId: number;
  /** Bytes of kernel memory the queue may take, as read back: what was asked for is doubled, and may be clamped. */
  readonly receiveBufferBytes: number;
  readonly datagrams: Datagrams;
  /** Sends one datagram to the kernel. @throws SyscallError */
  send(datagram: Uint8Array): void;
  /**
   * Takes what is queued, without waiting, into `datagrams`.
   *
   * @returns how many; 0 when the queue is empty
   * @throws SyscallError `ENOBUFS` once an overrun; call again until 0, else the socket may stay deaf
   */
  receive(): number;
  /** Datagrams the kernel dropped at this socket since it was opened; wraps at 2^32. */
  drops(): number;
  /** Joins a multicast group by number. @throws SyscallError `EPERM` where the group needs a capability */
  join(group: number): void;
  /** Switches on a socket option of level SOL_NETLINK. @throws SyscallError `ENOPROTOOPT` on a kernel without it */
  enable(option: number): void;
  /** @param listener called while datagrams are queued; must receive until 0 */
  onReadable(listener: () => void): ReadySignal;
  /** Gives everything back; twice does nothing. */
  close(): void;
}
