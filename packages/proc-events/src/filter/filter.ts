import type { ProcEventKind } from "../event/proc-event.ts";

/** Which events are wanted. Everything named must hold; of several values in one place, one. Losses always come. */
export interface ProcEventFilter {
  /** Kinds of events (default: fork, exec, uid, gid, exit). */
  readonly kinds?: readonly ProcEventKind[];
  /** These processes and all that descends from them, however they are re-parented. */
  readonly pid?: number | readonly number[];
  /** Tasks whose real or effective user id is one of these, at the time of the event. */
  readonly uid?: number | readonly number[];
  /**
   * What the task runs. Text: the name of the program, without its directory, exactly. RegExp: somewhere in its command
   * line, arguments joined by a space.
   */
  readonly command?: string | RegExp | readonly (string | RegExp)[];
  /** Tasks of this control group and those below it: a path in the unified hierarchy, such as `/system.slice`. */
  readonly cgroup?: string;
  /** Only exits with a code other than 0, or by a signal. */
  readonly failed?: boolean;
  /** Only exits of tasks that lived at least as long, milliseconds. */
  readonly minDurationMs?: number;
  /** Threads too, as tasks of their own (default false). */
  readonly threads?: boolean;
  /** Begin with a `fork` marked `existing` for every task that is there already (default: when `pid` is given). */
  readonly existing?: boolean;
}
