/** Task events by BPF are not to be had here. Says why and what would help. */
export class BpfUnavailableError extends Error {
  override readonly name = "BpfUnavailableError";
  /**
   * `EPERM`: a capability is missing, or the kernel is locked down. `ENOBTF`: the kernel does not describe its types.
   * `EBADBTF`: its description lacks something that is needed. `EPIDNS`: another pid namespace than the host's first.
   * `EOLDKERNEL`: before Linux 5.8. `EREFUSED`: the verifier did not take a program; `cause` has its words. `ENOSYS`: no bpf(2)
   * on this machine. Else the code of the system call that failed.
   */
  readonly code: string;
  /** Why, without the code and the remedy. */
  readonly reason: string;
  /** What to do about it. */
  readonly remedy: string;

  constructor(code: string, reason: string, remedy: string, options?: ErrorOptions) {
    super(`task events by BPF are not available: ${reason} (${code}); ${remedy}`, options);
    this.code = code;
    this.reason = reason;
    this.remedy = remedy;
  }
}
