/** Process events of a Linux host: a typed stream, a module, JSON lines. @module */
import { loadProcEvents } from "./module/shared.ts";

export { processEvents, type ProcessEventsOptions } from "./stream/process-events.ts";
export { rawProcessEvents, type RawProcessEventsOptions } from "./stream/raw-process-events.ts";
export type { RawProcessEvent } from "./event/raw-event.ts";
export {
  ProcEventStream,
  type StreamCounters,
  type StreamOptions,
} from "./stream/proc-event-stream.ts";
export { createProcEvents, type ProcEvents } from "./module/proc-events.ts";
export type { EventsOptions, ProcEventsOptions } from "./module/proc-events.ts";
export type { ProcEventSink, ProcEventSource } from "./module/proc-event-source.ts";
export { procEvents } from "./module/shared.ts";
export { CHANNEL_PREFIX } from "./module/channels.ts";
export { checkFilter } from "./filter/check-filter.ts";
export type { ProcEventFilter } from "./filter/filter.ts";
export { matchesCommand } from "./filter/match-command.ts";
export { filterFromJson, filterToJson } from "./filter/filter-json.ts";
export { type LineOptions, fromLine, toLine } from "./event/line.ts";
export { PROC_EVENT_KINDS } from "./event/proc-event.ts";
export type { ExecFacts, ProcEvent, ProcEventBase, ProcEventKind } from "./event/proc-event.ts";
export type {
  CommEvent,
  CoredumpEvent,
  ExecutedEvent,
  ExitedEvent,
  ForkEvent,
  GidChangedEvent,
  PtraceEvent,
  SidEvent,
  UidChangedEvent,
} from "./event/proc-event.ts";
export type { LostEvent, TaskProcEvent } from "./event/proc-event.ts";

loadProcEvents();
