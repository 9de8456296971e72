import { openSocket, setSocketOption } from "@task-watchers/linux";
import { openNetlinkSocket } from "@task-watchers/netlink";
import { NETLINK_CONNECTOR } from "@task-watchers/netlink/constants";
import { type Probe, RefusedError } from "../probe.ts";
import { lacks } from "../refusal.ts";

/** What a watch asks for unless told otherwise, bytes. */
const WANTED_BYTES = 8_388_608;
/** More than net.core.rmem_max allows on most hosts, bytes. */
const LARGE_BYTES = 33_554_432;
/** Kernel memory an event takes in the queue, bytes. */
const EVENT_BYTES = 832;
// include/linux/socket.h, include/linux/net.h, include/uapi/asm-generic/socket.h
const AF_NETLINK = 16;
const SOCK_DGRAM = 2;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;

/** How much of what happens while nobody reads is kept. */
export const receiveBuffer: Probe = {
  name: "receive-buffer",
  title: "a queue of 8 MiB for events not read yet",
  attempt: () => {
    const transport = openNetlinkSocket({
      protocol: NETLINK_CONNECTOR,
      receiveBufferBytes: WANTED_BYTES,
    });
    const bytes = transport.receiveBufferBytes;
    transport.close();
    const found = `${bytes} bytes, room for ${Math.floor(bytes / EVENT_BYTES)} events`;
    if (bytes >= WANTED_BYTES) return found;
    throw new RefusedError(found, {
      reason: "net.core.rmem_max is the limit, and it takes CAP_NET_ADMIN to go beyond",
      remedy: `sudo sysctl -w net.core.rmem_max=${WANTED_BYTES / 2}`,
    });
  },
};

/** Whether the limit of the host counts for us. */
export const receiveBufferForce: Probe = {
  name: "receive-buffer-force",
  title: "a queue beyond net.core.rmem_max",
  attempt: () => {
    const fd = openSocket(AF_NETLINK, SOCK_DGRAM, NETLINK_CONNECTOR);
    try {
      setSocketOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, LARGE_BYTES / 2);
      return `${LARGE_BYTES} bytes can be had`;
    } finally {
      fd.close();
    }
  },
  explain: (code, host) => (code === "EPERM" ? lacks("CAP_NET_ADMIN", host) : undefined),
};
