import type { FileDescriptor } from "./file-descriptor.ts";
import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";

// include/linux/socket.h
/** Return at once when nothing is queued. */
const MSG_DONTWAIT = 0x40;
/** Set by the kernel on a datagram that did not fit its slot. */
const MSG_TRUNC = 0x20;
/** errno of an empty queue (asm-generic/errno-base.h); equal to EWOULDBLOCK on Linux. */
const EAGAIN = 11;
/** errno of a call interrupted by a signal. */
const EINTR = 4;

// struct mmsghdr on 64-bit Linux (man 2 recvmmsg): msghdr 56 bytes, then msg_len.
/** @internal */
export const MMSGHDR_SIZE = 64;
/** @internal */
export const MSG_NAME = 0;
/** @internal */
export const MSG_NAMELEN = 8;
/** @internal */
export const MSG_IOV = 16;
/** @internal */
export const MSG_IOVLEN = 24;
/** @internal */
export const MSG_FLAGS = 48;
/** @internal */
export const MSG_LEN = 56;
/** @internal */
export const IOVEC_SIZE = 16;
/** @internal struct sockaddr_nl (man 7 netlink): family u16, pad, port u32 @4, groups u32 @8. */
export const SOCKADDR_NL_SIZE = 12;
const NAME_STRIDE = 16;

/** How much one `receive` can take. */
export interface DatagramBatchOptions {
  /** Datagrams a call (default 256). */
  readonly count?: number;
  /** Bytes kept of each datagram; a multiple of 8 (default 128). Longer ones are cut and marked. */
  readonly size?: number;
}

/**
 * Memory for recvmmsg(2), laid out once. A received datagram is valid until the next `receive`.
 *
 * The headers hold addresses of this very memory; V8 keeps the backing store of an ArrayBuffer of this size in place.
 */
export class DatagramBatch {
  readonly count: number;
  readonly size: number;
  /** All slots; datagram `i` begins at `i * size`. */
  readonly bytes: Uint8Array;
  /** The same memory by 32-bit words in the machine's order; datagram `i` begins at `i * size / 4`. */
  readonly words: Uint32Array;
  readonly #address: bigint;
  readonly #headers: Uint32Array;
  readonly #names: Uint32Array;

  constructor(options: DatagramBatchOptions = {}) {
    const { count = 256, size = 128 } = options;
    requireMultiple("count", count, 1);
    requireMultiple("size", size, 8);
    this.count = count;
    this.size = size;
    const iovecsAt = count * MMSGHDR_SIZE;
    const namesAt = iovecsAt + count * IOVEC_SIZE;
    const slotsAt = namesAt + count * NAME_STRIDE;
    const memory = new ArrayBuffer(slotsAt + count * size);
    this.#address = libc().address(new Uint8Array(memory));
    // Views in the machine's own order: 64-bit words for pointers and lengths, 32-bit for the rest.
    const longs = new BigUint64Array(memory);
    const words = new Uint32Array(memory);
    for (let i = 0; i < count; i++) {
      const header = i * MMSGHDR_SIZE;
      const iovec = iovecsAt + i * IOVEC_SIZE;
      longs[(header + MSG_NAME) / 8] = this.#address + BigInt(namesAt + i * NAME_STRIDE);
      words[(header + MSG_NAMELEN) / 4] = SOCKADDR_NL_SIZE;
      longs[(header + MSG_IOV) / 8] = this.#address + BigInt(iovec);
      longs[(header + MSG_IOVLEN) / 8] = 1n;
      longs[iovec / 8] = this.#address + BigInt(slotsAt + i * size);
      longs[iovec / 8 + 1] = BigInt(size);
    }
    this.#headers = new Uint32Array(memory, 0, iovecsAt / 4);
    this.#names = new Uint32Array(memory, namesAt, (count * NAME_STRIDE) / 4);
    this.bytes = new Uint8Array(memory, slotsAt);
    this.words = new Uint32Array(memory, slotsAt, (count * size) / 4);
  }

  /**
   * Takes what is queued, up to `count` datagrams, without waiting.
   *
   * @returns how many; 0 when the queue is empty
   * @throws SyscallError with `ENOBUFS` once an overrun: call again until 0. A netlink socket whose error was consumed
   *   while its queue was empty stays congested, and deaf, until a receive has found the queue empty.
   */
  receive(fd: FileDescriptor): number {
    for (;;) {
      const received = libc().recvmmsg(fd.number, this.#address, this.count, MSG_DONTWAIT, null);
      if (received >= 0) return received;
      const errno = libc().errno();
      if (errno === EAGAIN) return 0;
      if (errno !== EINTR) throw new SyscallError("recvmmsg", errno);
    }
  }

  /** Bytes received into slot `i`. */
  length(i: number): number {
    return at(this.#headers, (i * MMSGHDR_SIZE + MSG_LEN) / 4);
  }

  /** Whether datagram `i` was longer than its slot and lost its end. */
  truncated(i: number): boolean {
    return (at(this.#headers, (i * MMSGHDR_SIZE + MSG_FLAGS) / 4) & MSG_TRUNC) !== 0;
  }

  /** Netlink port that sent datagram `i`; 0 is the kernel. Only for netlink sockets. */
  senderPort(i: number): number {
    return at(this.#names, (i * NAME_STRIDE) / 4 + 1);
  }

  /** Multicast groups that datagram `i` was sent to, as bits (group 33 is bit 0 again); 0 when to this socket alone. Only for netlink. */
  groups(i: number): number {
    return at(this.#names, (i * NAME_STRIDE) / 4 + 2);
  }

  /** The bytes of datagram `i`, as a view. */
  datagram(i: number): Uint8Array {
    return this.bytes.subarray(i * this.size, i * this.size + this.length(i));
  }
}

function at(words: Uint32Array, index: number): number {
  const word = words[index];
  if (word === undefined) throw new RangeError("datagram index out of range");
  return word;
}

function requireMultiple(name: string, value: number, unit: number): void {
  if (Number.isSafeInteger(value) && value > 0 && value % unit === 0) return;
  throw new RangeError(`${name} must be a positive multiple of ${unit}, got ${value}`);
}
