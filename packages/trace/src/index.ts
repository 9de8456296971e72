/** The trace file: schema, writer, reader. Pure: no I/O, no kernel. @module */
export { eventLine, execFailedLine } from "./event-line.ts";
export {
  newTraceReport,
  parseLine,
  type ReadOptions,
  readTrace,
  type TraceReport,
  TraceSchemaError,
} from "./reader.ts";
export {
  type AnyLine,
  type CloneLine,
  type CommLine,
  type CoredumpLine,
  type ExecFailedLine,
  type ExecLine,
  type ExitLine,
  type FreeLine,
  type GidLine,
  type HeaderLine,
  type InitLine,
  type KnownLine,
  type LostLine,
  type Nanoseconds,
  type PtraceLine,
  type SidLine,
  type SummaryLine,
  type TaskLine,
  TRACE_SCHEMA,
  type UidLine,
} from "./schema.ts";
export { replaceUnsafe, unicodeEscape } from "./unsafe-text.ts";
export { formatLine } from "./writer.ts";
