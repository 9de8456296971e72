import { readlinkSync } from "node:fs";
import { TaskstatsUnavailableError } from "./unavailable.ts";

/** Says in the user's terms why taskstats refused; other errors are given back as they are. */
export function explain(error: unknown): unknown {
  const code = errorCode(error);
  const [reason, remedy] = REFUSALS[code ?? ""] ?? [];
  if (code === undefined || reason === undefined || remedy === undefined) return error;
  return new TaskstatsUnavailableError(code, reason, remedy, { cause: error });
}

/** The same for a request to be told of exits. */
export function explainRegistration(error: unknown): unknown {
  if (errorCode(error) !== "EINVAL") return explain(error);
  const foreign = (["pid", "user"] as const).filter((kind) => isForeign(kind));
  const names = foreign.length > 0 ? foreign.join(" and ") : "pid or user";
  return new TaskstatsUnavailableError(
    "EINVAL",
    `records of exits go to the host's first namespaces only, and this process is in another ${names} namespace`,
    "run in the host's own pid and user namespace (for a container: --pid host --userns host)",
    { cause: error },
  );
}

/** Registered, and no record comes. */
export function nothingComes(): TaskstatsUnavailableError {
  return isForeign("net")
    ? new TaskstatsUnavailableError(
        "ENODATA",
        "records of exits go to the host's first network namespace, and this process is in another",
        "run in the host's network namespace (for a container: --network host)",
      )
    : new TaskstatsUnavailableError(
        "ENODATA",
        "the kernel took the registration, but sent no record of the exit of a thread made to try it",
        "try again when the host is less busy; in a container, run in the host's network namespace (--network host)",
      );
}

const REFUSALS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  EPERM: [
    "it needs CAP_NET_ADMIN in the host's initial user namespace",
    "run as root on the host, or give node the capability (setcap cap_net_admin+ep)",
  ],
  ENOENT: ["this kernel was built without it", "use a kernel with CONFIG_TASKSTATS=y"],
  EPROTONOSUPPORT: [
    "this kernel has no generic netlink",
    "use a kernel with CONFIG_NET=y and CONFIG_TASKSTATS=y",
  ],
};

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

// include/linux/proc_ns.h: inode numbers of the first namespaces, fixed for ever. That of the network is fixed since 6.18.
const INITIAL = {
  pid: "pid:[4026531836]",
  user: "user:[4026531837]",
} as const;

function isForeign(kind: "pid" | "user" | "net"): boolean {
  try {
    const initial = kind === "net" ? readlinkSync("/proc/1/ns/net") : INITIAL[kind];
    return readlinkSync(`/proc/self/ns/${kind}`) !== initial;
  } catch {
    return false;
  }
}
