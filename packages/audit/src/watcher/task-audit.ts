import type { ExitEvent, Task } from "@task-watchers/chain";
import type { AuditFacts } from "../facts/audit-facts.ts";
import type { AuditedExec } from "./audit-context.ts";

/** What the kernel's records say of one task, told at its end. */
export interface TaskAudit {
  readonly task: Task;
  readonly exit: ExitEvent;
  /** The id it logged in with; absent when it stems from no login, or no record came. */
  readonly loginuid?: number;
  /** Audit session; absent as above. */
  readonly session?: number;
  /** Every exec that the chain told of, with its record where one came. */
  readonly execs: readonly AuditedExec[];
  /** Execs that failed, which the chain does not tell of. */
  readonly failedExecs: readonly AuditFacts[];
  /** All events of it, in the order of records: the ones above, changes of ids, and what else the kernel wrote of it. */
  readonly events: readonly AuditFacts[];
  /** Events of it that are in the trace and not here: more than 1,024 of one task. */
  readonly unkept: number;
  /** Everything that was due has come. */
  readonly isComplete: boolean;
}
