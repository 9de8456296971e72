// Prints the generic netlink families of this kernel, with id, version and multicast groups. Needs no root.
// @ts-check
import { listFamilies, NetlinkConnection, openNetlinkSocket } from "@task-watchers/netlink";
import { NETLINK_GENERIC } from "@task-watchers/netlink/constants";

const connection = new NetlinkConnection(openNetlinkSocket({ protocol: NETLINK_GENERIC }));
for (const { id, name, version, groups } of await listFamilies(connection)) {
  console.log(`${id} ${name} version ${version} ${[...groups.keys()].join(" ")}`.trimEnd());
}
connection.close();
