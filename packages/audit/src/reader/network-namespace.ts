import { readlinkSync } from "node:fs";
import { release } from "node:os";
import { AuditUnavailableError } from "../client/unavailable.ts";

/** NET_NS_INIT_INO, include/uapi/linux/nsfs.h: the first network namespace, since Linux 6.18. */
const INITIAL = "net:[4026531833]";

/**
 * Whether this process is in the host's first network namespace, to which alone records go; undefined where it cannot be known:
 * before Linux 6.18, without the right to look at process 1 or in a pid namespace with another one.
 */
export function inInitialNetwork(
  link: (path: string) => string = readlinkSync,
  kernel: string = release(),
): boolean | undefined {
  const own = read(link, "/proc/self/ns/net");
  if (own === undefined) return undefined;
  if (own === INITIAL) return true;
  const [major = 0, minor = 0] = kernel.split(/[.-]/u).map(Number);
  if (major > 6 || (major === 6 && minor >= 18)) return false;
  const first = read(link, "/proc/1/ns/net");
  if (first === undefined) return undefined;
  if (first !== own) return false;
  // PROC_PID_INIT_INO: otherwise process 1 is a container's.
  return read(link, "/proc/self/ns/pid") === "pid:[4026531836]" ? true : undefined;
}

/** @throws AuditUnavailableError `ENODATA` where it is certain that no record would come */
export function requireInitialNetwork(): void {
  if (inInitialNetwork() !== false) return;
  throw new AuditUnavailableError(
    "ENODATA",
    "records go to the host's first network namespace only, and this process is in another",
    "run in the host's network namespace (for a container: --network host)",
  );
}

function read(link: (path: string) => string, path: string): string | undefined {
  try {
    return link(path);
  } catch {
    return undefined;
  }
}
