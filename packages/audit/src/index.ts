/** Who ran what on a Linux host, by the kernel's own account: a module, a line of the trace. @module */
import { loadAudit } from "./watcher/shared.ts";

export { type Audit, createAudit } from "./watcher/audit.ts";
export { audit } from "./watcher/shared.ts";
export type { AuditOptions } from "./watcher/options.ts";
export type { TaskAudit } from "./watcher/task-audit.ts";
export type { AuditedExec } from "./watcher/audit-context.ts";
export type { AuditFacts } from "./facts/audit-facts.ts";
export {
  type AuditJoin,
  type AuditLineRecord,
  fromAuditLine,
  toAuditLine,
} from "./trail/audit-line.ts";

loadAudit();
