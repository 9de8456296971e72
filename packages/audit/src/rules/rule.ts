import type { FieldName } from "./fields.ts";

/** The lists a rule can be in, by auditctl's names and the kernel's numbers: include/uapi/linux/audit.h, AUDIT_FILTER_…. */
export const LISTS = {
  /** Messages of user space. */
  user: 0,
  /** A task's birth: `never` leaves it without records of system calls for all its life. */
  task: 1,
  /** The end of a system call. */
  exit: 4,
  /** Before a record is made: `never` or `always`, it is not made. */
  exclude: 5,
  /** Names inside of a kind of file system (since Linux 4.12). */
  filesystem: 6,
  /** The end of an io_uring operation (since Linux 5.16). */
  io_uring: 7,
} as const;

/** AUDIT_NEVER and AUDIT_ALWAYS, include/uapi/linux/audit.h. */
export const ACTIONS = { never: 0, always: 2 } as const;

/** How a field is compared, as auditctl writes it: AUDIT_EQUAL and so on, include/uapi/linux/audit.h. */
export const OPERATORS = {
  "=": 0x4000_0000,
  "!=": 0x3000_0000,
  "<": 0x1000_0000,
  ">": 0x2000_0000,
  "<=": 0x5000_0000,
  ">=": 0x6000_0000,
  /** Some of the bits are set. */
  "&": 0x0800_0000,
  /** All of the bits are set. */
  "&=": 0x4800_0000,
} as const;

/** When the kernel looks at a rule; `exit`, the end of a system call, is the usual one. */
export type AuditList = keyof typeof LISTS;
/** `always` makes a record, `never` prevents one; the first rule of a list that matches decides. */
export type AuditAction = keyof typeof ACTIONS;
/** Paths and keys are compared by `=` and `!=` alone, ids not by bits: the kernel refuses such a rule with EINVAL. */
export type RuleOperator = keyof typeof OPERATORS;

/** One condition. */
export interface RuleField {
  /** By auditctl's name; a number for one that a newer kernel has. */
  readonly field: FieldName | number;
  readonly operator: RuleOperator;
  /**
   * 32 bits, unsigned: −1 is 4294967295, which for ids means unset. Text for paths, labels and keys (see `decodeText` of
   * `@task-watchers/linux` for bytes that are no UTF-8); several keys are joined with the character U+0001.
   */
  readonly value: number | string;
}

/** A rule of audit: all of its conditions must hold. */
export interface AuditRule {
  /** A number for a list that a newer kernel has. */
  readonly list: AuditList | number;
  readonly action: AuditAction;
  /** Numbers of system calls, rising; they mean what the field `arch` says. At most 2047, so none of x32. */
  readonly syscalls: "all" | readonly number[];
  /** In the order in which the kernel looks at them; put `arch` first. At most 64. */
  readonly fields: readonly RuleField[];
}
