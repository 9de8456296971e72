/** Taskstats, or a part of it, cannot be had here. Says why and what would help. */
export class TaskstatsUnavailableError extends Error {
  override readonly name = "TaskstatsUnavailableError";
  /**
   * `EPERM`: no CAP_NET_ADMIN in the initial user namespace. `ENOENT`: a kernel without taskstats. `EINVAL`: records of
   * exits asked for from another pid or user namespace than the first. `ENODATA`: registered, but no record comes, as in
   * another network namespace. Else the code of the system call that failed.
   */
  readonly code: string;
  /** What to do about it. */
  readonly remedy: string;

  constructor(code: string, reason: string, remedy: string, options?: ErrorOptions) {
    super(`taskstats is not available: ${reason} (${code}); ${remedy}`, options);
    this.code = code;
    this.remedy = remedy;
  }
}
