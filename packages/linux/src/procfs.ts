/** What /proc says of a task, parsed. Needs no native code. @module */
export { parseStat, type ProcStat, TICK_NS, USER_HZ } from "./proc-stat.ts";
export { type Ids, parseStatus, type ProcStatus } from "./proc-status.ts";
export { parseCgroup, parseCmdline } from "./proc-text.ts";
export { type Cmdline, isUnavailable, ProcReader, type Unavailable } from "./proc-reader.ts";
