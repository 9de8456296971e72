import { readlinkSync } from "node:fs";

/** A kind of namespace that changes what can be watched. */
export type NamespaceKind = "net" | "pid" | "user" | "ipc" | "cgroup" | "mnt" | "time";

/** One namespace this process is in. */
export interface Namespace {
  /** Inode number, as in /proc/self/ns; null when it cannot be read. */
  readonly inode: number | null;
  /** Whether it is the one the host booted with; null where this kernel gives no way to tell. */
  readonly first: boolean | null;
}

export type Namespaces = Readonly<Record<NamespaceKind, Namespace>>;

/**
 * Inode numbers of the namespaces the host booted with: include/uapi/linux/nsfs.h. Those of net and mnt are fixed since
 * Linux 6.18; before, they were given out like any other.
 */
const FIRST: Readonly<Record<NamespaceKind, number>> = {
  net: 4_026_531_833,
  pid: 4_026_531_836,
  user: 4_026_531_837,
  ipc: 4_026_531_839,
  cgroup: 4_026_531_835,
  mnt: 4_026_531_832,
  time: 4_026_531_834,
};

/** What another namespace than the host's first means, and what to do where something can be done. */
const MEANING: Readonly<Record<NamespaceKind, string>> = {
  net: "no process events, audit records or exit records of taskstats come here; run with --network host",
  pid: "no process events come here, and audit takes no requests; run with --pid host",
  user: "no process events come here, and capabilities count only inside of it; run outside (a rootless container is one)",
  ipc: "only this namespace's own semaphores are seen; run with --ipc host",
  cgroup: "cgroup paths are told from this namespace's own root",
  mnt: "paths are told as they are seen here",
  time: "times since boot are shifted",
};

/**
 * Looks at the namespaces of this process.
 *
 * @param hearsHost whether the network namespace was found to be the host's by trying; null when that told nothing
 */
export function readNamespaces(
  hearsHost: boolean | null,
  link: (kind: NamespaceKind) => string = (kind) => readlinkSync(`/proc/self/ns/${kind}`),
): Namespaces {
  const one = (kind: NamespaceKind): Namespace => {
    const inode = inodeOf(kind, link);
    if (inode === FIRST[kind]) return { inode, first: true };
    if (kind === "net") return { inode, first: hearsHost };
    return { inode, first: inode === null || kind === "mnt" ? null : false };
  };
  return {
    net: one("net"),
    pid: one("pid"),
    user: one("user"),
    ipc: one("ipc"),
    cgroup: one("cgroup"),
    mnt: one("mnt"),
    time: one("time"),
  };
}

/** What there is to say of the namespaces, a line each; empty when all are, or may be, the host's first. */
export function namespaceNotes(namespaces: Namespaces): string[] {
  return Object.entries(MEANING)
    .filter(([kind]) => namespaces[kind as NamespaceKind].first === false)
    .map(([kind, meaning]) => `in another ${kind} namespace than the host's first: ${meaning}`);
}

function inodeOf(kind: NamespaceKind, link: (kind: NamespaceKind) => string): number | null {
  try {
    const inode = /\[(\d+)\]$/u.exec(link(kind))?.[1];
    return inode === undefined ? null : Number(inode);
  } catch {
    return null;
  }
}
