import type { Missing } from "./task-event.ts";

/**
 * An exec did not happen: it was refused by a watcher, or failed. Told where execs are stopped before they are made; it is
 * not on the chain, since nothing of the task's life has changed.
 */
export interface ExecFailedNotice {
  readonly type: "exec-failed";
  /** CLOCK_MONOTONIC, nanoseconds: when it was stopped. */
  readonly timeNs: bigint;
  /** Thread that made the call. */
  readonly pid: number;
  /** The file, made absolute; symbolic links as they are. */
  readonly path: string | Missing;
  readonly argv: readonly string[] | Missing;
  /** The error such as `"ENOENT"`: the refusal's, or what a look at the file found. Absent when that could not be told. */
  readonly code?: string;
  /** Present when a watcher refused it. `by` is its name. */
  readonly refused?: { readonly by?: string; readonly errno: number };
  /** Whether it is proven that the exec did not happen; `code` of a failed one is always a finding of ours. */
  readonly certain: boolean;
  /** An `exec` event with this time was raised before, which does not count any more. Otherwise nobody has heard of it. */
  readonly raised: boolean;
}
