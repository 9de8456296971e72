import { encodeMessage, openNetlinkSocket } from "@task-watchers/netlink";
import { NETLINK_CONNECTOR, NLMSG_NOOP } from "@task-watchers/netlink/constants";

/**
 * Whether this process is in the host's first network namespace: the kernel's end of the connector is in that one alone,
 * and refuses datagrams from elsewhere. The one sent here is a bare header, which it drops.
 *
 * @returns null when the kernel has no connector, so nothing can be told
 */
export function isInFirstNetwork(): boolean | null {
  try {
    const transport = openNetlinkSocket({ protocol: NETLINK_CONNECTOR, receiveBufferBytes: 0 });
    try {
      const nothing = { type: NLMSG_NOOP, flags: 0, sequence: 0, port: 0 };
      transport.send(encodeMessage({ ...nothing, payload: new Uint8Array(0) }));
      return true;
    } finally {
      transport.close();
    }
  } catch (error) {
    const refused = error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
    return refused ? false : null;
  }
}
