import { NLM_F_CAPPED, NLM_F_MULTI, NLMSG_DONE, NLMSG_ERROR } from "./constants.ts";
import { decodeMessages, encodeMessage, NLMSGHDR_SIZE } from "./message.ts";

/** A reply, but for the numbers that it takes from its request. */
export interface ScriptedReply {
  readonly type: number;
  /** NLM_F_… (default 0). */
  readonly flags?: number;
  /** Default: empty. */
  readonly payload?: Uint8Array;
}

/** A datagram that answers the first message of `request`. */
export function replyTo(request: Uint8Array, reply: ScriptedReply): Uint8Array {
  const [message] = decodeMessages(request);
  const { sequence, port } = message ?? { sequence: 0, port: 0 };
  return encodeMessage({ flags: 0, payload: new Uint8Array(0), ...reply, sequence, port });
}

/** The acknowledgement of `request`: 0 for success (default), a negative errno, or a positive result. */
export function acknowledge(request: Uint8Array, value = 0): Uint8Array {
  const header = request.subarray(0, NLMSGHDR_SIZE);
  return replyTo(request, {
    type: NLMSG_ERROR,
    flags: NLM_F_CAPPED,
    payload: Buffer.concat([encodeValue(value), header]),
  });
}

/** The end of the dump that `request` asked for; a negative errno ends it as failed (default 0). */
export function endOfDump(request: Uint8Array, value = 0): Uint8Array {
  return replyTo(request, { type: NLMSG_DONE, flags: NLM_F_MULTI, payload: encodeValue(value) });
}

function encodeValue(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}
