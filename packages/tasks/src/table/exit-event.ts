import type { ExitEvent, SyntheticReason } from "@task-watchers/chain";
import type { TrackedTask } from "./tracked-task.ts";

/**
 * A task's last event. Wait status (man 2 wait): the low seven bits are the signal, 0x80 says that core was dumped, the
 * next byte is the code.
 */
export function exitEvent(
  task: TrackedTask,
  timeNs: bigint,
  synthetic?: SyntheticReason,
): ExitEvent {
  const { status, startNs } = task;
  const durationNs = timeNs > startNs ? timeNs - startNs : 0n;
  // The common case is written out: spreading would cost more than all the rest of an exit.
  if (status >= 0 && (status & 0x7f) === 0 && synthetic === undefined) {
    return { type: "exit", timeNs, code: (status >>> 8) & 0xff, durationNs };
  }
  const mark = marked(synthetic);
  if (status < 0) {
    return {
      type: "exit",
      timeNs,
      status: { missing: synthetic ?? "unknown" },
      durationNs,
      ...mark,
    };
  }
  const signal = status & 0x7f;
  if (signal === 0)
    return { type: "exit", timeNs, code: (status >>> 8) & 0xff, durationNs, ...mark };
  if ((status & 0x80) === 0) return { type: "exit", timeNs, signal, durationNs, ...mark };
  return { type: "exit", timeNs, signal, coreDumped: true, durationNs, ...mark };
}

/** The mark of an event that no event of the kernel stands behind, to be spread. */
export function marked(synthetic: SyntheticReason | undefined): { synthetic?: SyntheticReason } {
  return synthetic === undefined ? {} : { synthetic };
}
