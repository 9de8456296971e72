/**
 * What the kernel tells of a task besides the seven events of its life. Nobody has state to set up or let go for these,
 * so they are not on the chain: whoever wants them asks the watch (`Watch.listen`), and only then does the kernel send
 * them.
 */

/** The four notices. */
export const TASK_NOTICES = ["sid", "ptrace", "comm", "coredump"] as const;

/** Name of a notice. */
export type TaskNoticeName = (typeof TASK_NOTICES)[number];

/** What every notice carries. */
export interface TaskNoticeBase {
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly timeNs: bigint;
  /** Thread it is about, which need not be a task of its own in this watch. */
  readonly pid: number;
}

/** The process became the leader of a new session (setsid(2)); the session id is its process id. */
export interface SidNotice extends TaskNoticeBase {
  readonly type: "sid";
}

/** A tracer attached to the task or let it go (ptrace(2), not PTRACE_TRACEME). */
export interface PtraceNotice extends TaskNoticeBase {
  readonly type: "ptrace";
  /** Absent when the tracer let go. */
  readonly tracer?: { readonly pid: number; readonly tgid: number };
}

/** The task was renamed by prctl(2) or through /proc; an exec is told as `exec` only. */
export interface CommNotice extends TaskNoticeBase {
  readonly type: "comm";
  /** At most 15 bytes, chosen by the task itself. */
  readonly comm: string;
}

/** A signal whose action is to dump core ended the process, whether or not a file was written. Its exit follows. */
export interface CoredumpNotice extends TaskNoticeBase {
  readonly type: "coredump";
}

/** Any of the four. */
export type TaskNotice = SidNotice | PtraceNotice | CommNotice | CoredumpNotice;
