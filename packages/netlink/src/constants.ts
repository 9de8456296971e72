// include/uapi/linux/netlink.h: protocols
/** Network configuration: links, addresses, routes. */
export const NETLINK_ROUTE = 0;
/** The audit subsystem. */
export const NETLINK_AUDIT = 9;
/** The kernel connector, home of process events. */
export const NETLINK_CONNECTOR = 11;
/** Generic netlink: many families behind one protocol. */
export const NETLINK_GENERIC = 16;

// include/uapi/linux/netlink.h: options of level SOL_NETLINK
/** An error reply does not repeat the payload of the request (since Linux 4.3). */
export const NETLINK_CAP_ACK = 10;
/** Replies may carry a message and an offset (since Linux 4.12). */
export const NETLINK_EXT_ACK = 11;

// include/uapi/linux/netlink.h: message types below the protocol's own
/** Nothing; to be skipped. */
export const NLMSG_NOOP = 1;
/** An acknowledgement, or an error when its number is negative. */
export const NLMSG_ERROR = 2;
/** The end of a multipart reply; also the type of every connector message. */
export const NLMSG_DONE = 3;
/** First type a protocol may define. */
export const NLMSG_MIN_TYPE = 16;

// include/uapi/linux/netlink.h: flags of any message
/** A request to the kernel; without it the kernel ignores the message. */
export const NLM_F_REQUEST = 0x1;
/** Part of a reply that NLMSG_DONE ends. */
export const NLM_F_MULTI = 0x2;
/** Asks for an acknowledgement of success, too. */
export const NLM_F_ACK = 0x4;
/** Asks for the notification that the request causes, too. */
export const NLM_F_ECHO = 0x8;
/** The dumped list changed meanwhile: the dump may be inconsistent. */
export const NLM_F_DUMP_INTR = 0x10;

// include/uapi/linux/netlink.h: flags of a request to get
/** The whole table. */
export const NLM_F_ROOT = 0x100;
/** All that match. */
export const NLM_F_MATCH = 0x200;
/** NLM_F_ROOT and NLM_F_MATCH: everything, as a multipart reply. */
export const NLM_F_DUMP = 0x300;

// include/uapi/linux/netlink.h: flags of an acknowledgement
/** The payload of the request is not repeated. */
export const NLM_F_CAPPED = 0x100;
/** Attributes follow: NLMSGERR_ATTR_…. */
export const NLM_F_ACK_TLVS = 0x200;

// include/uapi/linux/netlink.h: attributes of an acknowledgement
/** What went wrong, in words. */
export const NLMSGERR_ATTR_MSG = 1;
/** Where in the request, bytes from its header. */
export const NLMSGERR_ATTR_OFFS = 2;

// include/uapi/linux/netlink.h: bits of an attribute's type
/** The value is a list of attributes. Older families leave it out. */
export const NLA_F_NESTED = 0x8000;
/** The value is big-endian. */
export const NLA_F_NET_BYTEORDER = 0x4000;
/** What is left of the type without the two bits above. */
export const NLA_TYPE_MASK = 0x3fff;

// include/uapi/linux/genetlink.h: the controller, the one family with a fixed id
/** Bytes of a family's name, its NUL included. */
export const GENL_NAMSIZ = 16;
/** Message type of the controller. */
export const GENL_ID_CTRL = 16;
/** Asks which family has a name or an id. */
export const CTRL_CMD_GETFAMILY = 3;
/** u16: the family's message type. */
export const CTRL_ATTR_FAMILY_ID = 1;
/** string */
export const CTRL_ATTR_FAMILY_NAME = 2;
/** u32: version of the family's protocol. */
export const CTRL_ATTR_VERSION = 3;
/** u32: bytes of the family's own header, behind genlmsghdr. */
export const CTRL_ATTR_HDRSIZE = 4;
/** u32: highest attribute type it knows. */
export const CTRL_ATTR_MAXATTR = 5;
/** Nest of nests: its operations. */
export const CTRL_ATTR_OPS = 6;
/** Nest of nests: its multicast groups. */
export const CTRL_ATTR_MCAST_GROUPS = 7;
/** u32: command number. */
export const CTRL_ATTR_OP_ID = 1;
/** u32: GENL_… flags of an operation. */
export const CTRL_ATTR_OP_FLAGS = 2;
/** string */
export const CTRL_ATTR_MCAST_GRP_NAME = 1;
/** u32: number to join. */
export const CTRL_ATTR_MCAST_GRP_ID = 2;
/** Operation flag: needs CAP_NET_ADMIN in the initial user namespace. */
export const GENL_ADMIN_PERM = 0x1;
