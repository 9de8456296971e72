/** The switch of delay accounting cannot be used here. Says why and what would help; nothing was changed. */
export class SwitchUnavailableError extends Error {
  override readonly name = "SwitchUnavailableError";
  /**
   * `ENOENT`: a kernel without the switch (before Linux 5.14), or a host without flock(1). `EACCES`, `EPERM`: no rights.
   * `EROFS`: /proc/sys is read-only, as in containers. Else the code of what failed.
   */
  readonly code: string;
  /** What to do about it. */
  readonly remedy: string;

  constructor(code: string, reason: string, remedy: string, options?: ErrorOptions) {
    super(`delay accounting cannot be switched on: ${reason} (${code}); ${remedy}`, options);
    this.code = code;
    this.remedy = remedy;
  }
}
