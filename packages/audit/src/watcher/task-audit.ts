import type { ExitEvent, Task } from "@task-watchers/chain";
import type { AuditFacts } from "../facts/audit-facts.ts";
import type { AuditedExec } from "./exec-pairs.ts";

/** What the kernel's records say of one task, told at its end. */
export interface TaskAudit {
  readonly task: Task;
  readonly exit: ExitEvent;
  /** The id it logged in with; absent when it stems from no login, or no record came. */
  readonly loginuid?: number;
  /** Audit session; absent as above. */
  readonly session?: number;
  /** Every exec that the chain told of, with its record where one came: the first ones, see `unkeptExecs`. */
  readonly execs: readonly AuditedExec[];
  /**
   * Execs that failed; but for a search along PATH that found what was wanted, and for those that a watcher refused: the kernel
   * writes no record of these (see `execFailed` of a watch's listeners).
   */
  readonly failedExecs: readonly AuditFacts[];
  /** All events of it, in the order of records: the ones above, changes of ids, and what else the kernel wrote of it. */
  readonly events: readonly AuditFacts[];
  /** Events of it that are in the trace and not here: more than 1,024 execs, 1,024 others, or 8 MiB; of all tasks, 64 MiB. */
  readonly unkept: number;
  /** Execs that are not in `execs`, for the same reasons. */
  readonly unkeptExecs: number;
  /** Everything that was due has come, of a crash the kernel's record of that, too. */
  readonly isComplete: boolean;
}
