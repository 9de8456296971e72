// Needs: cc with the kernel's headers, to compare every number with theirs.
import { cOffsets, compiler, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { NLATTR_SIZE, nlattrLayout } from "./attribute.ts";
import * as constants from "./constants.ts";
import { GENLMSGHDR_SIZE, genlmsghdrLayout } from "./generic.ts";
import { NLMSGHDR_SIZE, nlmsghdrLayout } from "./message.ts";

const headers = ["linux/netlink.h", "linux/genetlink.h"];
/** The one number without a name of its own in the headers. */
const spelledOut: Readonly<Record<string, string>> = { NLA_TYPE_MASK: "NLA_TYPE_MASK & 0xffff" };

kernelTest("every constant is the header's own", [compiler], () => {
  const names = Object.keys(constants);
  const expressions = names.map((name) => spelledOut[name] ?? name);
  const found = cOffsets({ headers, expressions });
  const values = Object.values(found);
  expect(Object.fromEntries(names.map((name, i) => [name, values[i]]))).toEqual({ ...constants });
});

kernelTest("the headers lie as their layouts say", [compiler], () => {
  const expected = {
    "sizeof(struct nlmsghdr)": NLMSGHDR_SIZE,
    "offsetof(struct nlmsghdr, nlmsg_len)": nlmsghdrLayout.length.offset,
    "offsetof(struct nlmsghdr, nlmsg_type)": nlmsghdrLayout.type.offset,
    "offsetof(struct nlmsghdr, nlmsg_flags)": nlmsghdrLayout.flags.offset,
    "offsetof(struct nlmsghdr, nlmsg_seq)": nlmsghdrLayout.sequence.offset,
    "offsetof(struct nlmsghdr, nlmsg_pid)": nlmsghdrLayout.port.offset,
    "sizeof(struct nlattr)": NLATTR_SIZE,
    "offsetof(struct nlattr, nla_len)": nlattrLayout.length.offset,
    "offsetof(struct nlattr, nla_type)": nlattrLayout.type.offset,
    "sizeof(struct genlmsghdr)": GENLMSGHDR_SIZE,
    "offsetof(struct genlmsghdr, cmd)": genlmsghdrLayout.command.offset,
    "offsetof(struct genlmsghdr, version)": genlmsghdrLayout.version.offset,
    "offsetof(struct nlmsgerr, msg)": 4,
    "sizeof(struct nlmsgerr)": 20,
  };
  expect(cOffsets({ headers, expressions: Object.keys(expected) })).toEqual(expected);
});

kernelTest("the socket's numbers are the headers' own", [compiler], () => {
  const expected = {
    AF_NETLINK: 16,
    SOCK_DGRAM: 2,
    SOL_SOCKET: 1,
    SO_RCVBUF: 8,
    SO_RCVBUFFORCE: 33,
    SO_MEMINFO: 55,
    SK_MEMINFO_DROPS: 8,
    SK_MEMINFO_VARS: 9,
    SOL_NETLINK: 270,
    NETLINK_ADD_MEMBERSHIP: 1,
    ENOBUFS: 105,
    ETIMEDOUT: 110,
    ECANCELED: 125,
    "sizeof(struct sockaddr_nl)": 12,
  };
  const socketHeaders = ["errno.h", "sys/socket.h", "linux/sock_diag.h", "linux/netlink.h"];
  expect(cOffsets({ headers: socketHeaders, expressions: Object.keys(expected) })).toEqual(
    expected,
  );
});
