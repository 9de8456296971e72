/** Perf events cannot be had here, or not so. Says why and what would help. */
export class PerfUnavailableError extends Error {
  override readonly name = "PerfUnavailableError";
  /**
   * `EACCES`: kernel.perf_event_paranoid wants CAP_PERFMON for it. `EPERM`: a seccomp filter forbids the call, or rings are
   * more memory than is allowed. `ENOENT`: the machine has no such event. `ENOSYS`: the kernel has no perf events. `ESRCH`:
   * the process has ended. `EMFILE`: too many descriptors. Else the code of the system call that failed.
   */
  readonly code: string;
  /** What to do about it. */
  readonly remedy: string;

  constructor(code: string, reason: string, remedy: string, options?: ErrorOptions) {
    super(`perf events cannot be had: ${reason} (${code}); ${remedy}`, options);
    this.code = code;
    this.remedy = remedy;
  }
}
