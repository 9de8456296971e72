/** The kernel's process events as they come, for whoever wants more than tasks: every kind, every loss. @module */
export { LIFE_EVENTS } from "./connector/cn-proc.ts";
export {
  Connector,
  type ConnectorCounters,
  type ConnectorOptions,
  type ConnectorSink,
} from "./connector/connector.ts";
export type { ProcEventListener } from "./connector/event-queue.ts";
export type { Loss } from "./connector/loss.ts";
