import type { ExecCall } from "../call/exec-call.ts";
import type { ExecOutcome } from "../outcome/outcome.ts";

/** What is known of how an exec will go, and is going. */
export interface WatchedExecHints {
  /** The error that it is bound to give. */
  readonly expected?: string;
  /** Why it has failed, by a look at the file afterwards. */
  readonly whyFailed: () => string | undefined;
  /** Whether the thread is for sure no more in the call. */
  readonly isOver: () => boolean;
}

/** A watch whose watchers hear of execs before they are made: `TaskWatch` of @task-watchers/tasks. */
export interface ExecStopWatch {
  readonly stopped: {
    /** Whether the watch itself learns which execs happen. If not, it is told by `settle`. */
    readonly confirms: boolean;
    /** Returns 0 when the exec may go on, else a notifier's answer that stops it; a promise must not reject. */
    raise(exec: ExecCall, hints: WatchedExecHints): number | PromiseLike<number>;
    /** The exec went on unanswered. Returns who was waited for. */
    late(exec: ExecCall): string | undefined;
    settle(exec: ExecCall, outcome: ExecOutcome): void;
  };
}
