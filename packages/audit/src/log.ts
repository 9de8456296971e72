/** Audit logs without a kernel: reading, decoding, interpreting and writing them, on any system. @module */
export {
  type AuditLogReport,
  type LogBytes,
  newAuditLogReport,
  readAuditLog,
  type ReadAuditLogOptions,
  readAuditLogs,
} from "./log/read-audit-log.ts";
export { parseLogLine } from "./log/parse-log-line.ts";
export type { AuditEvent, PartialReason } from "./assemble/audit-event.ts";
export { Assembler } from "./assemble/assembler.ts";
export type { AssemblerOptions, AssemblyBounds } from "./assemble/bounds.ts";
export type { AssemblyCounters } from "./assemble/counters.ts";
export type { AuditRecord, AuditStamp } from "./record/audit-record.ts";
export { parseRecord } from "./record/parse-record.ts";
export { recordTypeName, recordTypeNumber } from "./record/record-names.ts";
export { type AuditField, fieldOf, fieldsOf } from "./record/fields.ts";
export type { FieldKind } from "./record/field-kind.ts";
export type { FieldValue } from "./record/field-value.ts";
export { type AuditFacts, factsOf } from "./facts/event-facts.ts";
export type { MissingArgument } from "./facts/execve.ts";
export type { PathFacts } from "./facts/paths.ts";
export { interpret, type InterpretOptions } from "./interpret/interpret.ts";
export { IdNames, type IdNamesOptions } from "./interpret/id-names.ts";
export { isSyscallName } from "./interpret/syscalls.ts";
export type { SocketAddress } from "./interpret/socket-address.ts";
export { RawLog, type TrailCounters, type TrailOptions } from "./trail/raw-log.ts";
export { rawLine, type RawLine } from "./trail/raw-line.ts";
export {
  type AuditJoin,
  type AuditLineRecord,
  fromAuditLine,
  toAuditLine,
} from "./trail/audit-line.ts";
export { type EcsEvent, type EcsOptions, toEcs } from "./trail/ecs.ts";
