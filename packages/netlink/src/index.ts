/** Netlink for Node.js. Importing opens nothing and loads no native code; opening a socket does. @module */
export { type NetlinkSocketOptions, openNetlinkSocket } from "./socket.ts";
export type { Datagrams, NetlinkTransport, ReadySignal } from "./transport.ts";
export { NetlinkConnection, type NetlinkCounters, type NetlinkListener } from "./connection.ts";
export type { NetlinkReply, NetlinkRequest, RequestOptions } from "./pending-request.ts";
export { MessageStream, type StreamItem, type StreamOptions } from "./message-stream.ts";
export { NetlinkError } from "./netlink-error.ts";
export { OverrunError } from "./overrun-error.ts";
export {
  decodeMessages,
  type DecodeOptions,
  encodeMessage,
  type NetlinkMessage,
} from "./message.ts";
export { type Acknowledgement, decodeAcknowledgement } from "./acknowledgement.ts";
export { decodeGeneric, encodeGeneric, type GenericMessage } from "./generic.ts";
export { type GenericFamily, listFamilies, resolveFamily } from "./family.ts";
