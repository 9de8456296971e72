/** What became of an exec after the answer. */
export interface ExecOutcome {
  /**
   * `ran`: the task is another program now. `failed`: the kernel refused the call after it was let go. `refused`: by a
   * verdict. `vanished`: the task was killed, or left the call for a signal, before the answer.
   */
  readonly outcome: "ran" | "failed" | "refused" | "vanished";
  /**
   * The error, of a failed one: what we found by looking for the file as the task would, so never proven, whatever `certain` says.
   * Absent when we could not tell: the file's system may keep us waiting, or the kernel may lack the call's ABI (x32).
   */
  readonly code?: string;
  /**
   * Whether the kernel itself showed `outcome`. When not, the task was gone before anybody could look, and it is our guess: `failed`
   * when the file could not be run when we looked, else `ran`.
   */
  readonly certain: boolean;
}
