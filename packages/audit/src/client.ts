/**
 * Audit in the kernel: its status, its rules, its records. Importing opens nothing.
 *
 * Changing status or rules concerns the whole host and outlasts the process; `acquireAuditLease` puts both back.
 * @module
 */
export { type AuditClient, openAuditClient } from "./client/audit-client.ts";
export type { AuditStatus, AuditStatusChange, StatusDangers } from "./client/status.ts";
export type { AuditFeature, AuditFeatures } from "./client/features.ts";
export { AuditUnavailableError } from "./client/unavailable.ts";
export { formatRule } from "./rules/format.ts";
export { type ParsedRule, parseRule } from "./rules/parse.ts";
export { decodeRule, encodeRule } from "./rules/codec.ts";
export type { RuleNames, SyscallNames } from "./rules/names.ts";
export { type HostArches, hostArches } from "./rules/arches.ts";
export type { FieldName } from "./rules/fields.ts";
export type { AuditAction, AuditList, AuditRule, RuleField, RuleOperator } from "./rules/rule.ts";
export {
  type AuditReader,
  type AuditReaderOptions,
  openAuditReader,
} from "./reader/audit-reader.ts";
export {
  type AuditDaemon,
  type AuditDaemonOptions,
  openAuditDaemon,
} from "./reader/audit-daemon.ts";
export type { AuditReaderCounters } from "./reader/reader-counters.ts";
export type { AuditLoss } from "./reader/record-queue.ts";
export { acquireAuditLease, type AuditLease, type LeaseEnd } from "./lease/audit-lease.ts";
export type { LeaseOptions } from "./lease/lease-options.ts";
export type { LeaseRule } from "./lease/recipes.ts";
export { LEASE_KEY_PREFIX, type LeaseKey, parseLeaseKey } from "./lease/lease-key.ts";
