import type { TaskNotice, TaskNoticeName } from "@task-watchers/chain";
import { decodeText } from "@task-watchers/linux/text";
import {
  PROC_EVENT_COMM,
  PROC_EVENT_COREDUMP,
  PROC_EVENT_PTRACE,
  PROC_EVENT_SID,
} from "../connector/cn-proc.ts";

/** The kernel's event behind each notice. */
export const NOTICE_EVENTS: Readonly<Record<TaskNoticeName, number>> = {
  sid: PROC_EVENT_SID,
  ptrace: PROC_EVENT_PTRACE,
  comm: PROC_EVENT_COMM,
  coredump: PROC_EVENT_COREDUMP,
};

/** The notice that an event of the kernel is, if it is one; see `ProcEventListener` for the arguments. */
export function noticeOf(
  what: number,
  pid: number,
  words: readonly [number, number, number, number],
  timeNs: bigint,
): TaskNotice | undefined {
  switch (what) {
    case PROC_EVENT_SID:
      return { type: "sid", timeNs, pid };
    case PROC_EVENT_PTRACE: {
      const [tracer, tgid] = words;
      return {
        type: "ptrace",
        timeNs,
        pid,
        ...(tracer !== 0 && { tracer: { pid: tracer, tgid } }),
      };
    }
    case PROC_EVENT_COMM:
      return { type: "comm", timeNs, pid, comm: commOf(words) };
    case PROC_EVENT_COREDUMP:
      return { type: "coredump", timeNs, pid };
    default:
      return undefined;
  }
}

/** A NUL ends the name; the words are in the machine's order, as their bytes came. */
function commOf(words: readonly number[]): string {
  const bytes = new Uint8Array(Uint32Array.from(words).buffer);
  const end = bytes.indexOf(0);
  return decodeText(end < 0 ? bytes : bytes.subarray(0, end));
}
