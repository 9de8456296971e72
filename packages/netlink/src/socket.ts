import { DatagramBatch } from "@task-watchers/linux/datagram-batch";
import type { FileDescriptor } from "@task-watchers/linux/file-descriptor";
import { Readiness } from "@task-watchers/linux/readiness";
import {
  bindSocket,
  getSocketOption,
  openSocket,
  sendDatagram,
  setSocketOption,
  socketName,
} from "@task-watchers/linux/socket";
import type { NetlinkTransport, ReadySignal } from "./transport.ts";

// include/linux/socket.h, include/linux/net.h
const AF_NETLINK = 16;
const SOCK_DGRAM = 2;
// include/uapi/asm-generic/socket.h
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const SO_MEMINFO = 55;
// include/uapi/linux/sock_diag.h
/** Index of the drop counter in the words of SO_MEMINFO. */
const SK_MEMINFO_DROPS = 8;
const SK_MEMINFO_VARS = 9;
// include/uapi/linux/netlink.h
const SOL_NETLINK = 270;
const NETLINK_ADD_MEMBERSHIP = 1;
const SOCKADDR_NL_SIZE = 12;

/** How a socket is opened. */
export interface NetlinkSocketOptions {
  /** `NETLINK_…` number, such as 16 for generic netlink. */
  readonly protocol: number;
  /**
   * Kernel memory for queued datagrams, bytes, as effective (default 8 MiB). Without CAP_NET_ADMIN the kernel clamps it to twice
   * net.core.rmem_max; read `receiveBufferBytes` for what was got. `0` keeps the kernel's default; from 2 GiB on it is 2 GiB less 2 bytes.
   */
  readonly receiveBufferBytes?: number;
  /** Bytes kept of a datagram; a multiple of 8 (default 8192). */
  readonly datagramBytes?: number;
  /** Datagrams taken by one system call (default 64). */
  readonly batch?: number;
}

/**
 * Opens and binds a netlink socket. Needs no privilege of itself; groups and requests may.
 *
 * @throws SyscallError `EPROTONOSUPPORT` when the kernel has no such protocol
 * @throws TypeError or RangeError on a bad option
 */
export function openNetlinkSocket(options: NetlinkSocketOptions): NetlinkTransport {
  const { protocol, receiveBufferBytes = 8_388_608, datagramBytes = 8192, batch = 64 } = options;
  if (!Number.isInteger(protocol) || protocol < 0) {
    throw new TypeError(
      `protocol must be the number of a netlink protocol, such as 16, got ${JSON.stringify(protocol)}`,
    );
  }
  if (!Number.isSafeInteger(receiveBufferBytes) || receiveBufferBytes < 0) {
    throw new RangeError(
      `receiveBufferBytes must be a whole number of bytes, got ${receiveBufferBytes}`,
    );
  }
  const datagrams = new DatagramBatch({ count: batch, size: datagramBytes });
  const fd = openSocket(AF_NETLINK, SOCK_DGRAM, protocol);
  try {
    if (receiveBufferBytes > 0) setReceiveBuffer(fd, receiveBufferBytes);
    bindSocket(fd, netlinkAddress());
    return new NetlinkSocket(fd, datagrams);
  } catch (error) {
    fd.close();
    throw error;
  }
}

class NetlinkSocket implements NetlinkTransport {
  readonly portId: number;
  readonly receiveBufferBytes: number;
  readonly datagrams: DatagramBatch;
  readonly #fd: FileDescriptor;
  #readiness: Readiness | undefined;

  constructor(fd: FileDescriptor, datagrams: DatagramBatch) {
    this.#fd = fd;
    this.datagrams = datagrams;
    this.portId = new Uint32Array(socketName(fd, SOCKADDR_NL_SIZE).buffer)[1] ?? 0;
    this.receiveBufferBytes = getSocketOption(fd, SOL_SOCKET, SO_RCVBUF, 1)[0] ?? 0;
  }

  send(datagram: Uint8Array): void {
    sendDatagram(this.#fd, datagram, netlinkAddress());
  }

  receive(): number {
    return this.datagrams.receive(this.#fd);
  }

  drops(): number {
    return (
      getSocketOption(this.#fd, SOL_SOCKET, SO_MEMINFO, SK_MEMINFO_VARS)[SK_MEMINFO_DROPS] ?? 0
    );
  }

  join(group: number): void {
    setSocketOption(this.#fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
  }

  enable(option: number): void {
    setSocketOption(this.#fd, SOL_NETLINK, option, 1);
  }

  onReadable(listener: () => void): ReadySignal {
    this.#readiness?.close();
    this.#readiness = new Readiness(this.#fd, listener);
    return this.#readiness;
  }

  close(): void {
    this.#readiness?.close();
    this.#fd.close();
  }
}

/** struct sockaddr_nl (man 7 netlink) of the kernel, or of a socket that lets the kernel choose its port. */
function netlinkAddress(): Uint8Array {
  const address = new Uint8Array(SOCKADDR_NL_SIZE);
  new Uint16Array(address.buffer)[0] = AF_NETLINK;
  return address;
}

/** SO_RCVBUF is an int, and so is its double: what is beyond that would be taken for a negative size. */
const MOST_ASKED = 2 ** 30 - 1;

/** The kernel doubles what it is asked for, to allow for its own overhead. */
function setReceiveBuffer(fd: FileDescriptor, effectiveBytes: number): void {
  const asked = Math.min(Math.ceil(effectiveBytes / 2), MOST_ASKED);
  try {
    setSocketOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, asked);
  } catch {
    setSocketOption(fd, SOL_SOCKET, SO_RCVBUF, asked);
  }
}
