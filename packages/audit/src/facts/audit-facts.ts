import type { PartialReason } from "../assemble/audit-event.ts";
import type { SocketAddress } from "../interpret/socket-address.ts";
import type { AuditRecord, AuditStamp } from "../record/audit-record.ts";
import type { MissingArgument } from "./execve.ts";
import type { PathFacts } from "./paths.ts";

/**
 * What an event says of a task, typed. Everything but the stamp may be absent: then no record says it. Text is any text at
 * all, as `decodeText` of `@task-watchers/linux` gives it: never for a terminal as it is.
 */
export interface AuditFacts {
  readonly stamp: AuditStamp;
  /** Host, in a log that was collected from several. */
  readonly node?: string;
  /** Type of the record that says what the event is, such as `"SYSCALL"` or `"USER_LOGIN"`. */
  readonly type: string;
  /** Empty when the event is whole. */
  readonly partial: readonly PartialReason[];

  /** Number of the system call, which means nothing without `archNumber`. */
  readonly syscall?: number;
  /** Its name; absent for a number or an architecture that is not known. */
  readonly syscallName?: string;
  /** Name of the architecture, such as `"x86_64"` (one of a 64-bit kernel's programs may be `"i386"`). */
  readonly arch?: string;
  /** AUDIT_ARCH_…, include/uapi/linux/audit.h. */
  readonly archNumber?: number;
  /** Arguments of the call, as 64-bit numbers. */
  readonly args?: readonly bigint[];
  /** Whether the call, or what the event is about, succeeded. Absent for exit and exit_group, which never return. */
  readonly success?: boolean;
  /** What the call returned: negative for an error. Absent for exit and exit_group, and beyond 2^53. */
  readonly exit?: number;
  /** Name of the error, such as `"ENOENT"`. */
  readonly errno?: string;
  /** Status that exit or exit_group gave, 0–255. */
  readonly exitStatus?: number;
  /** Signal that ended a program (ANOM_ABEND) or that a filter sent (SECCOMP). */
  readonly signal?: number;

  /** Process id (tgid) in the initial namespace; no record tells of threads. */
  readonly pid?: number;
  readonly ppid?: number;
  /** The id it logged in with; absent when it stems from no login. */
  readonly auid?: number;
  /** Audit session; absent when it stems from no login. */
  readonly session?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly euid?: number;
  readonly suid?: number;
  readonly fsuid?: number;
  readonly egid?: number;
  readonly sgid?: number;
  readonly fsgid?: number;
  /** Terminal, such as `"pts0"`; absent when it has none. */
  readonly tty?: string;
  /** Name of the task, at most 15 bytes. */
  readonly comm?: string;
  readonly exe?: string;
  /** Security label. */
  readonly subj?: string;
  /** Keys of the rule that matched; empty when it had none or there was none. */
  readonly keys: readonly string[];

  /** Arguments that an exec was given: how many, and as many as the records have. */
  readonly argc?: number;
  readonly argv?: readonly (string | MissingArgument)[];
  readonly cwd?: string;
  /** In the order of their `item`. */
  readonly paths: readonly PathFacts[];
  /** Arguments as the task's own memory has them, which it may change; at most 128 bytes. */
  readonly proctitle?: readonly string[];
  /** Address that the call was given. */
  readonly socketAddress?: SocketAddress;

  /** Records that the above does not exhaust, for `fieldsOf`. */
  readonly others: readonly AuditRecord[];
  /** Facts that could not be had, by name, and why. */
  readonly missing: Readonly<Record<string, string>>;
}
