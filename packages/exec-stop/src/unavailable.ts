/** Execs cannot be stopped here. Says why and what would help. Nothing was changed in this process. */
export class ExecStopUnavailableError extends Error {
  override readonly name = "ExecStopUnavailableError";
  /**
   * `EAGAIN`: no more threads. `EBUSY`: whoever started us stops execs already. `EINVAL`: Linux before 5.5, or without seccomp. `ENOSYS`: not Linux, not a
   * machine whose calls are known, or a sandbox without seccomp(2). `EPERM`, `EACCES`: a sandbox forbids it. Else the code of the system call that failed.
   */
  readonly code: string;
  /** What to do about it. */
  readonly remedy: string;

  constructor(code: string, reason: string, remedy: string, options?: ErrorOptions) {
    super(`execs cannot be stopped: ${reason} (${code}); ${remedy}`, options);
    this.code = code;
    this.remedy = remedy;
  }
}

const REASONS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  EAGAIN: [
    "no thread could be made for it",
    "raise the limit of processes: ulimit -u, pids.max of the control group",
  ],
  EBUSY: [
    "this process is itself under a seccomp filter with a listener",
    "let the outer one watch, or start this outside of it",
  ],
  EINVAL: [
    "the kernel has no seccomp user notification that can continue",
    "use Linux 5.5 or later with CONFIG_SECCOMP_FILTER",
  ],
  ENOSYS: ["there is no seccomp(2) here", "use Linux on x64 or arm64, outside of such a sandbox"],
  EPERM: ["a sandbox forbids seccomp(2)", "allow seccomp and prctl in its profile"],
  EACCES: ["a sandbox forbids prctl(2)", "allow prctl(PR_SET_NO_NEW_PRIVS) in its profile"],
};

/** The error for a call that failed on the way. */
export function unavailable(code: string, cause?: unknown): ExecStopUnavailableError {
  const [reason, remedy] = REASONS[code] ?? [
    cause instanceof Error ? cause.message : "a system call failed",
    "see the cause",
  ];
  return new ExecStopUnavailableError(code, reason, remedy, { cause });
}

/** The error for a working directory that was removed, or whose path is too long: Node.js starts no thread there. */
export function noWorkingDirectory(cause: unknown): ExecStopUnavailableError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "ENOENT";
  const reason = "Node.js starts no thread in a working directory that has no path any more";
  return new ExecStopUnavailableError(code, reason, "change to another directory", { cause });
}
