import { decodeStruct, type Layout, u16, u32 } from "@task-watchers/linux/layout";

/** One netlink message: struct nlmsghdr without its length, and what follows it. */
export interface NetlinkMessage {
  /** Below 16 the protocol's own NLMSG_…; above, what the protocol or the generic family says. */
  readonly type: number;
  /** NLM_F_…; the bits above 0xff mean different things in requests, dumps and acknowledgements. */
  readonly flags: number;
  /** Number of the request that this answers; 0 in most notifications. */
  readonly sequence: number;
  /** Port of the socket that this answers; 0 in most notifications. Says nothing about who sent it. */
  readonly port: number;
  /** Padding left out. */
  readonly payload: Uint8Array;
}

/** How lenient `decodeMessages` is. */
export interface DecodeOptions {
  /**
   * Take a datagram that is exactly a header longer than its length field says for one whole message (default false).
   * So the kernel sends audit records to the registered daemon: their length leaves out the header.
   */
  readonly lengthMayLackHeader?: boolean;
}

interface Header {
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly port: number;
}

/** struct nlmsghdr, include/uapi/linux/netlink.h. */
export const nlmsghdrLayout: Layout<Header> = {
  length: u32(0),
  type: u16(4),
  flags: u16(6),
  sequence: u32(8),
  port: u32(12),
};
/** sizeof(struct nlmsghdr). */
export const NLMSGHDR_SIZE = 16;

/** NLMSG_ALIGN and NLA_ALIGN: `(length + 3) & ~3`, without the sign of JavaScript's `&`. */
export function align(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** The bytes of one message, padded to 4 so that several can be joined in a datagram. */
export function encodeMessage(message: NetlinkMessage): Uint8Array {
  const { type, flags, sequence, port, payload } = message;
  const length = NLMSGHDR_SIZE + payload.byteLength;
  const bytes = new Uint8Array(align(length));
  const words = new Uint32Array(bytes.buffer, 0, NLMSGHDR_SIZE / 4);
  words[0] = length;
  new Uint16Array(bytes.buffer, 4, 2).set([type, flags]);
  words[2] = sequence;
  words[3] = port;
  bytes.set(payload, NLMSGHDR_SIZE);
  return bytes;
}

/**
 * The messages of one datagram, payloads as views. What is whole before the broken part is yielded.
 *
 * @throws RangeError in the iteration, when a header or a payload is cut off or there is not even one message
 */
export function* decodeMessages(
  datagram: Uint8Array,
  options: DecodeOptions = {},
): Generator<NetlinkMessage, void> {
  let at = 0;
  do {
    const rest = datagram.subarray(at);
    const { length, ...fields } = decodeStruct("nlmsghdr", nlmsghdrLayout, rest, NLMSGHDR_SIZE);
    const quirk = options.lengthMayLackHeader === true && at === 0;
    const end = quirk && length + NLMSGHDR_SIZE === rest.byteLength ? rest.byteLength : length;
    if (end < NLMSGHDR_SIZE) {
      throw new RangeError(
        `Cannot decode nlmsghdr: its length is ${length}, need ${NLMSGHDR_SIZE}`,
      );
    }
    if (end > rest.byteLength) {
      throw new RangeError(
        `Cannot decode message of type ${fields.type}: ${rest.byteLength} bytes, need ${end}`,
      );
    }
    yield { ...fields, payload: rest.subarray(NLMSGHDR_SIZE, end) };
    at += align(end);
  } while (at < datagram.byteLength);
}
