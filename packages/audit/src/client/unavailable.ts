/** Audit, or a part of it, cannot be had here. Says why and what would help; nothing was changed. */
export class AuditUnavailableError extends Error {
  override readonly name = "AuditUnavailableError";
  /**
   * `EPERM`: a capability is missing, or this is another pid namespace. `ECONNREFUSED`: another user namespace.
   * `EPROTONOSUPPORT`: a kernel without audit, or booted with audit=0. `ENODATA`: another network namespace, where no record
   * comes. `EEXIST`: another daemon is registered. `EDISABLED`: audit is off and was not to be switched on. `ELOCKED`: it is locked
   * until the next boot. `EOPNOTSUPP`: the kernel is too old for it.
   */
  readonly code: string;
  /** What to do about it. */
  readonly remedy: string;

  constructor(code: string, reason: string, remedy: string, options?: ErrorOptions) {
    super(`audit is not available: ${reason} (${code}); ${remedy}`, options);
    this.code = code;
    this.remedy = remedy;
  }
}
