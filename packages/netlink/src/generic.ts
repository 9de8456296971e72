import { decodeStruct, type Layout, u8 } from "@task-watchers/linux/layout";

/** struct genlmsghdr and what follows it. */
export interface GenericMessage {
  /** What the family calls it. */
  readonly command: number;
  /** Version of the family's protocol. */
  readonly version: number;
  /** Attributes, behind the family's own header if it has one. */
  readonly payload: Uint8Array;
}

/** struct genlmsghdr, include/uapi/linux/genetlink.h; two reserved bytes follow. */
export const genlmsghdrLayout: Layout<Omit<GenericMessage, "payload">> = {
  command: u8(0),
  version: u8(1),
};
/** sizeof(struct genlmsghdr). */
export const GENLMSGHDR_SIZE = 4;

/** The payload of a netlink message to a generic family: its header, then attributes as the encoders give them. */
export function encodeGeneric(
  header: { readonly command: number; readonly version: number },
  ...attributes: Uint8Array[]
): Uint8Array {
  return Buffer.concat([Uint8Array.of(header.command, header.version, 0, 0), ...attributes]);
}

/** Takes the payload of a generic family's netlink message apart. @throws RangeError when the header is cut off */
export function decodeGeneric(payload: Uint8Array): GenericMessage {
  return {
    ...decodeStruct("genlmsghdr", genlmsghdrLayout, payload, GENLMSGHDR_SIZE),
    payload: payload.subarray(GENLMSGHDR_SIZE),
  };
}
