// Record types that are treated by kind. include/uapi/linux/audit.h
/** Message of user space, of the oldest kind. */
export const AUDIT_USER = 1005;
/** First of the messages of user space. */
export const AUDIT_FIRST_USER_MSG = 1100;
/** Last of the messages of user space and of auditd itself. */
export const AUDIT_LAST_DAEMON = 1299;
/** A system call. */
export const AUDIT_SYSCALL = 1300;
/** A name that a system call looked up. */
export const AUDIT_PATH = 1302;
/** System V object that a call named. */
export const AUDIT_IPC = 1303;
/** Arguments of socketcall(2). */
export const AUDIT_SOCKETCALL = 1304;
/** Address given to a call. */
export const AUDIT_SOCKADDR = 1306;
/** Working directory. */
export const AUDIT_CWD = 1307;
/** Arguments of an exec. */
export const AUDIT_EXECVE = 1309;
/** New permissions of a System V object. */
export const AUDIT_IPC_SET_PERM = 1311;
/** First and last of the records of POSIX message queues. */
export const AUDIT_MQ_OPEN = 1312;
export const AUDIT_MQ_GETSETATTR = 1315;
/** Descriptors of a pipe or a pair of sockets. */
export const AUDIT_FD_PAIR = 1317;
/** Process that a call was aimed at. */
export const AUDIT_OBJ_PID = 1318;
/** End of an event. */
export const AUDIT_EOE = 1320;
/** Capabilities gained from a file. */
export const AUDIT_BPRM_FCAPS = 1321;
/** Argument of capset(2). */
export const AUDIT_CAPSET = 1322;
/** Descriptor and flags of mmap(2). */
export const AUDIT_MMAP = 1323;
/** Title of the process; last but the end. */
export const AUDIT_PROCTITLE = 1327;
/** An operation of io_uring. */
export const AUDIT_URINGOP = 1336;
/** Arguments of openat2(2). */
export const AUDIT_OPENAT2 = 1337;
/** Text of the kernel that has no type of its own. */
export const AUDIT_KERNEL = 2000;
/** First of further messages of user space. */
export const AUDIT_FIRST_USER_MSG2 = 2100;

/** Whether user space wrote the text: whatever it says, a program with CAP_AUDIT_WRITE claims it. */
export function isFromUserSpace(type: number): boolean {
  if (type === AUDIT_USER || type >= AUDIT_FIRST_USER_MSG2) return true;
  return type >= AUDIT_FIRST_USER_MSG && type <= AUDIT_LAST_DAEMON;
}
