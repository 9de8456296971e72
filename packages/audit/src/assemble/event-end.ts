import {
  AUDIT_BPRM_FCAPS,
  AUDIT_CAPSET,
  AUDIT_CWD,
  AUDIT_EOE,
  AUDIT_EXECVE,
  AUDIT_FD_PAIR,
  AUDIT_FIRST_USER_MSG2,
  AUDIT_IPC,
  AUDIT_IPC_SET_PERM,
  AUDIT_KERNEL,
  AUDIT_MMAP,
  AUDIT_MQ_GETSETATTR,
  AUDIT_MQ_OPEN,
  AUDIT_OBJ_PID,
  AUDIT_OPENAT2,
  AUDIT_PATH,
  AUDIT_PROCTITLE,
  AUDIT_SOCKADDR,
  AUDIT_SOCKETCALL,
  AUDIT_SYSCALL,
  AUDIT_URINGOP,
  isFromUserSpace,
} from "../record/record-type.ts";

/** Records that only ever stand behind the one they belong to: kernel/auditsc.c, audit_log_exit(). */
const ATTACHED: ReadonlySet<number> = new Set([
  AUDIT_PATH,
  AUDIT_IPC,
  AUDIT_SOCKETCALL,
  AUDIT_SOCKADDR,
  AUDIT_CWD,
  AUDIT_EXECVE,
  AUDIT_IPC_SET_PERM,
  ...[AUDIT_MQ_OPEN, AUDIT_MQ_OPEN + 1, AUDIT_MQ_OPEN + 2, AUDIT_MQ_GETSETATTR],
  AUDIT_FD_PAIR,
  AUDIT_OBJ_PID,
  AUDIT_EOE,
  AUDIT_BPRM_FCAPS,
  AUDIT_CAPSET,
  AUDIT_MMAP,
  AUDIT_PROCTITLE,
  AUDIT_OPENAT2,
]);

/** Whether the record belongs to one before it: an event that begins with it lacks its start. */
export function isAttached(type: number): boolean {
  return ATTACHED.has(type);
}

/** Whether an event with this record has an end that is still to come; without one it may be alone, as LOGIN is. */
export function promisesEnd(type: number): boolean {
  return type === AUDIT_SYSCALL || type === AUDIT_URINGOP || ATTACHED.has(type);
}

/** Whether nothing of the event comes after this record, but an EOE that says so once more. */
export function isLast(type: number): boolean {
  return type === AUDIT_EOE || type === AUDIT_PROCTITLE || isAlone(type);
}

/** Whether the record is an event of its own. */
function isAlone(type: number): boolean {
  return type === AUDIT_KERNEL || type >= AUDIT_FIRST_USER_MSG2 || isFromUserSpace(type);
}
