/** Process events over a Unix socket: one process listens to the kernel, many listen to it. @module */
export { type ListenerStatus, type Relay, serveRelay } from "./relay/serve.ts";
export type { ListenerEvent, RelayOptions } from "./relay/relay-options.ts";
export type { RelayCounters } from "./relay/relay-server.ts";
export { connectRelay, type ConnectOptions } from "./relay/connect.ts";
export type { RelayStream, RelayStreamCounters } from "./relay/relay-stream.ts";
export { RelayError } from "./relay/relay-error.ts";
