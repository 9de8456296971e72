import { i32 } from "@task-watchers/linux/layout";
import { decodeAttributes } from "./attribute.ts";
import {
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLMSG_ERROR,
  NLMSGERR_ATTR_MSG,
  NLMSGERR_ATTR_OFFS,
} from "./constants.ts";
import { align, type NetlinkMessage, NLMSGHDR_SIZE, nlmsghdrLayout } from "./message.ts";

/** struct nlmsgerr begins with the number; the request's header follows (include/uapi/linux/netlink.h). */
const ERROR_SIZE = 4;

/** What NLMSG_ERROR or NLMSG_DONE says of a request. */
export interface Acknowledgement {
  /** 0 for success, a negative errno for failure; audit also answers with positive numbers, which are results. */
  readonly value: number;
  /** What went wrong, in the kernel's words; absent before Linux 4.12 and wherever nobody wrote any. */
  readonly text?: string;
  /** Where in the request, bytes from its netlink header. */
  readonly offset?: number;
}

/**
 * Decodes a message of type NLMSG_ERROR, or the NLMSG_DONE of a dump, whose number and attributes mean the same.
 *
 * @throws RangeError when it is cut off
 */
export function decodeAcknowledgement(message: NetlinkMessage): Acknowledgement {
  const { payload, flags, type } = message;
  const repeatsHeader = type === NLMSG_ERROR;
  const needed = repeatsHeader ? ERROR_SIZE + NLMSGHDR_SIZE : ERROR_SIZE;
  if (payload.byteLength < needed) {
    // The end of a list that is no kernel dump, such as audit's, carries no number.
    if (!repeatsHeader && payload.byteLength === 0) return { value: 0 };
    throw new RangeError(`Cannot decode nlmsgerr: ${payload.byteLength} bytes, need ${needed}`);
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const value = i32(0).read(view, 0);
  if ((flags & NLM_F_ACK_TLVS) === 0) return { value };
  const repeated =
    repeatsHeader && (flags & NLM_F_CAPPED) === 0
      ? nlmsghdrLayout.length.read(view, ERROR_SIZE)
      : needed - ERROR_SIZE;
  return { value, ...extendedAck(payload, ERROR_SIZE + align(repeated)) };
}

function extendedAck(payload: Uint8Array, at: number): { text?: string; offset?: number } {
  if (at > payload.byteLength) {
    throw new RangeError(`Cannot decode nlmsgerr: ${payload.byteLength} bytes, need ${at}`);
  }
  const found: { text?: string; offset?: number } = {};
  for (const attribute of decodeAttributes(payload.subarray(at))) {
    if (attribute.type === NLMSGERR_ATTR_MSG) found.text = attribute.text();
    if (attribute.type === NLMSGERR_ATTR_OFFS) found.offset = attribute.u32();
  }
  return found;
}
