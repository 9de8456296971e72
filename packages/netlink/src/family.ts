import { type Attribute, decodeAttributes, textAttribute } from "./attribute.ts";
import type { NetlinkConnection } from "./connection.ts";
import {
  CTRL_ATTR_FAMILY_ID,
  CTRL_ATTR_FAMILY_NAME,
  CTRL_ATTR_HDRSIZE,
  CTRL_ATTR_MAXATTR,
  CTRL_ATTR_MCAST_GROUPS,
  CTRL_ATTR_MCAST_GRP_ID,
  CTRL_ATTR_MCAST_GRP_NAME,
  CTRL_ATTR_OP_FLAGS,
  CTRL_ATTR_OP_ID,
  CTRL_ATTR_OPS,
  CTRL_ATTR_VERSION,
  CTRL_CMD_GETFAMILY,
  GENL_ID_CTRL,
  GENL_NAMSIZ,
  NLM_F_DUMP,
} from "./constants.ts";
import { decodeGeneric, encodeGeneric } from "./generic.ts";
import { NetlinkError } from "./netlink-error.ts";
import type { RequestOptions } from "./pending-request.ts";

/** A generic netlink family, as the controller describes it. */
export interface GenericFamily {
  /** Message type to send to it; given out at boot or at load, so never the same everywhere. */
  readonly id: number;
  readonly name: string;
  /** Version of its protocol. */
  readonly version: number;
  /** Bytes of its own header, behind genlmsghdr. */
  readonly headerSize: number;
  /** Highest attribute type it knows; 0 where each command has its own. */
  readonly maxAttribute: number;
  /** GENL_… flags of each command a user may send. */
  readonly operations: ReadonlyMap<number, number>;
  /** Number of each multicast group, to join. */
  readonly groups: ReadonlyMap<string, number>;
}

const REQUEST = { command: CTRL_CMD_GETFAMILY, version: 2 };
const REQUEST_NAME = "CTRL_CMD_GETFAMILY";

/**
 * Looks a generic family up by name. Needs no privilege; asks the kernel each time, as a module may come and go.
 *
 * @param connection over NETLINK_GENERIC
 * @throws NetlinkError `ENOENT` when the kernel has no such family; RangeError when the name cannot be one
 */
export async function resolveFamily(
  connection: NetlinkConnection,
  name: string,
  options: Omit<RequestOptions, "name"> = {},
): Promise<GenericFamily> {
  if (name === "" || Buffer.byteLength(name) >= GENL_NAMSIZ) {
    throw new RangeError(`A family name has 1 to ${GENL_NAMSIZ - 1} bytes, got "${name}"`);
  }
  const payload = encodeGeneric(REQUEST, textAttribute(CTRL_ATTR_FAMILY_NAME, name));
  try {
    const reply = await connection.request(
      { type: GENL_ID_CTRL, payload },
      { ...options, name: REQUEST_NAME },
    );
    const [message] = reply.messages;
    if (message === undefined) throw new RangeError(`Cannot decode family "${name}": no answer`);
    return decodeFamily(message.payload);
  } catch (error) {
    if (error instanceof NetlinkError && error.code === "ENOENT") throw unknownFamily(error, name);
    throw error;
  }
}

/** All generic families, in the kernel's order. Needs no privilege. */
export async function listFamilies(
  connection: NetlinkConnection,
  options: Omit<RequestOptions, "name"> = {},
): Promise<GenericFamily[]> {
  const reply = await connection.request(
    { type: GENL_ID_CTRL, flags: NLM_F_DUMP, payload: encodeGeneric(REQUEST) },
    { ...options, name: REQUEST_NAME },
  );
  return reply.messages.map((message) => decodeFamily(message.payload));
}

/** Decodes what the controller says of a family. @throws RangeError when it is cut off or says no id or name */
export function decodeFamily(payload: Uint8Array): GenericFamily {
  const attributes = byType(decodeAttributes(decodeGeneric(payload).payload));
  const id = attributes.get(CTRL_ATTR_FAMILY_ID)?.u16();
  const name = attributes.get(CTRL_ATTR_FAMILY_NAME)?.text();
  if (id === undefined || name === undefined) {
    throw new RangeError("Cannot decode family: no id or no name");
  }
  const operations = new Map<number, number>();
  for (const operation of attributes.get(CTRL_ATTR_OPS)?.attributes() ?? []) {
    const fields = byType(operation.attributes());
    const command = fields.get(CTRL_ATTR_OP_ID)?.u32();
    if (command !== undefined) operations.set(command, fields.get(CTRL_ATTR_OP_FLAGS)?.u32() ?? 0);
  }
  const groups = new Map<string, number>();
  for (const group of attributes.get(CTRL_ATTR_MCAST_GROUPS)?.attributes() ?? []) {
    const fields = byType(group.attributes());
    const groupName = fields.get(CTRL_ATTR_MCAST_GRP_NAME)?.text();
    const groupId = fields.get(CTRL_ATTR_MCAST_GRP_ID)?.u32();
    if (groupName !== undefined && groupId !== undefined) groups.set(groupName, groupId);
  }
  return {
    id,
    name,
    version: attributes.get(CTRL_ATTR_VERSION)?.u32() ?? 0,
    headerSize: attributes.get(CTRL_ATTR_HDRSIZE)?.u32() ?? 0,
    maxAttribute: attributes.get(CTRL_ATTR_MAXATTR)?.u32() ?? 0,
    operations,
    groups,
  };
}

function byType(attributes: Iterable<Attribute>): Map<number, Attribute> {
  const found = new Map<number, Attribute>();
  for (const attribute of attributes) found.set(attribute.type, attribute);
  return found;
}

function unknownFamily(error: NetlinkError, name: string): NetlinkError {
  const hint =
    `no generic netlink family "${name}"; the kernel was built without it, or its module is not ` +
    `loaded: modprobe net-pf-16-proto-16-family-${name}`;
  return new NetlinkError(error.syscall, { value: error.errno }, hint);
}
