import type { Missing } from "@task-watchers/chain";

/**
 * An exec that has not happened yet: its task stands still in the call until it is answered. `ExecCall` of
 * @task-watchers/exec-stop is one. Its identity stands for it.
 */
export interface StoppedExec {
  /** Thread that makes the call. */
  readonly pid: number;
  /** CLOCK_MONOTONIC when we were told, nanoseconds. */
  readonly timeNs: bigint;
  readonly argv: readonly string[] | Missing;
  /** Bytes of argv that were cut off; 0 when none. */
  readonly argvTruncatedBytes: number;
  /** The file to be run, made absolute. */
  readonly file: string | Missing;
  readonly cwd: string | Missing;
  readonly cgroup: string | Missing;
  /** Whose exec it is; read only when the thread is no process that is known. */
  readonly task:
    | { readonly tgid: number; readonly ppid: number; readonly startTicks: number }
    | Missing;
}

/** What is known of how an exec will go, and is going. */
export interface StoppedExecHints {
  /** The error that it is bound to give, by a look for the file. Nobody hears of it as `exec` then, unless it runs all the same. */
  readonly expected?: string | undefined;
  /** Why it has failed, by a look afterwards. */
  readonly whyFailed?: () => string | undefined;
  /** Whether the thread is for sure no more in the call. Asked once in a while after the answer. */
  readonly isOver?: () => boolean;
}

/** What became of an exec, by whoever stopped it; `ExecOutcome` of @task-watchers/exec-stop is one. */
export interface StoppedExecResult {
  readonly outcome: "ran" | "failed" | "refused" | "vanished";
  /** The error, where there is one and it is known. */
  readonly code?: string;
  /** Whether it is proven. */
  readonly certain: boolean;
}
