import { readlinkSync } from "node:fs";
import { SyscallError } from "@task-watchers/linux/syscall-error";

/** No source of process events can be used here. Says why and what would help. */
export class SourceUnavailableError extends Error {
  override readonly name = "SourceUnavailableError";
  /**
   * `EPERM`: the kernel wants CAP_NET_ADMIN (before Linux 6.6). `ECONNREFUSED`: another network namespace.
   * `ENOACK`: the request was ignored, as it is in another pid or user namespace. `EPROTONOSUPPORT`: a kernel without
   * the connector. Else the code of the system call that failed.
   */
  readonly code: string;
  /** What to do about it. */
  readonly remedy: string;

  constructor(code: string, reason: string, remedy: string, options?: ErrorOptions) {
    super(`process events are not available: ${reason} (${code}); ${remedy}`, options);
    this.code = code;
    this.remedy = remedy;
  }
}

/** Reason and remedy by error code of socket, bind or sendto. */
const REFUSALS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  EPERM: [
    "this kernel lets only CAP_NET_ADMIN listen",
    "run as root, give node the capability (setcap cap_net_admin+ep), or use Linux 6.6 or later, which lets any user",
  ],
  ECONNREFUSED: [
    "this process is in another network namespace than the host's first",
    "run in the host's network namespace (for a container: --network host)",
  ],
  EPROTONOSUPPORT: [
    "this kernel was built without the process events connector",
    "use a kernel with CONFIG_CONNECTOR=y and CONFIG_PROC_EVENTS=y",
  ],
};

/** Runs a step of opening the connector and says in the user's terms why the kernel refused it. */
export function refused<T>(step: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    const [reason, remedy] = REFUSALS[error.code] ?? [
      `${error.syscall} failed while setting up (${step})`,
      "see the error's cause",
    ];
    throw new SourceUnavailableError(error.code, reason, remedy, { cause: error });
  }
}

// include/linux/proc_ns.h: inode numbers of the first namespaces, fixed for ever.
const INITIAL_PID_NAMESPACE = "pid:[4026531836]";
const INITIAL_USER_NAMESPACE = "user:[4026531837]";

/** The kernel took the request and said nothing. */
export function noAcknowledgement(): SourceUnavailableError {
  const foreign = [
    ...(isNamespace("pid", INITIAL_PID_NAMESPACE) ? [] : ["pid"]),
    ...(isNamespace("user", INITIAL_USER_NAMESPACE) ? [] : ["user"]),
  ];
  const where =
    foreign.length > 0
      ? `this process is in another ${foreign.join(" and ")} namespace than the host's first`
      : "the kernel did not acknowledge the request to listen";
  return new SourceUnavailableError(
    "ENOACK",
    where,
    `run in the host's own ${foreign.length > 0 ? foreign.join(" and ") : "pid and user"} namespace`,
  );
}

function isNamespace(kind: string, initial: string): boolean {
  try {
    return readlinkSync(`/proc/self/ns/${kind}`) === initial;
  } catch {
    return true;
  }
}
