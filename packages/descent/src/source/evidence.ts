import type { ExecCall, ExecOutcome, StoppedCall } from "@task-watchers/exec-stop";
import type { CallKind } from "../tasks/stopped-calls.ts";

/** Where it is learned from what happens to the tasks of a tree: from perf's records, or from stopped calls alone. */
export interface Evidence {
  /**
   * Looks at what there is to see now, and takes note of it in order of time.
   *
   * @param isBrief a task stands still meanwhile: what would take long may wait for the next look
   */
  look(isBrief: boolean): void;
  stoppedExec(call: ExecCall): void;
  stoppedCall(kind: CallKind, call: StoppedCall): void;
  /** What became of an exec, as far as the stop finds out. */
  outcome(call: ExecCall, outcome: ExecOutcome): void;
  /** How full its memory is, 0 to 1. */
  readonly fill: number;
  /** Records lost so far, exact as of now. */
  readonly lost: number;
  /** Records told after younger ones. */
  readonly late: number;
  /** Whether a loss has been noticed since this was last asked, that `lost` has to be read again. */
  noticedLoss(): boolean;
  close(): void;
}
