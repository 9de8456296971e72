/**
 * Task events of a whole Linux host from BPF programs: every fork, every exec with its arguments, every exit.
 * Importing opens nothing. @module
 */
export { openBpfEvents } from "./events/open-bpf-events.ts";
export type { BpfEventsOptions } from "./events/options.ts";
export type { BpfEvents } from "./events/bpf-events.ts";
export type { BpfEventsCounters } from "./events/counters.ts";
export type {
  BpfEvent,
  BpfExecEvent,
  BpfExitEvent,
  BpfForkEvent,
  BpfLoss,
} from "./events/bpf-event.ts";
export type { PathMissing, RecordPath } from "./events/record-path.ts";
export { splitArguments } from "./events/split-arguments.ts";
export { BpfUnavailableError } from "./load/unavailable-error.ts";
export { BpfRefusedError } from "./load/refused-error.ts";
