import { readFileSync, statSync } from "node:fs";
import { isUnavailable, type ProcReader } from "@task-watchers/linux/procfs";

/** Groups remembered; those of a busy container host change all day. */
const REMEMBERED = 16_384;

/**
 * Paths of control groups by the id that the kernel's helper gives: the inode number of the group's directory in the unified
 * hierarchy, never used again while the machine runs. Learnt from /proc of a task in it; told only when the directory there
 * has that number.
 */
export class CgroupPaths {
  readonly #proc: ProcReader;
  readonly #mountPoint: string | undefined;
  readonly #known = new Map<bigint, string>();

  constructor(proc: ProcReader, mountPoint: string | undefined = unifiedMountPoint()) {
    this.#proc = proc;
    this.#mountPoint = mountPoint;
  }

  /** @returns undefined when it is not known: /proc may still say, of a task that lives */
  path(id: bigint, tgid: number): string | undefined {
    const known = this.#known.get(id);
    if (known !== undefined || this.#mountPoint === undefined) return known;
    const path = this.#proc.cgroup(tgid);
    if (isUnavailable(path) || inode(this.#mountPoint + path) !== id) return undefined;
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(id, path);
    return path;
  }
}

function inode(directory: string): bigint | undefined {
  return statSync(directory, { bigint: true, throwIfNoEntry: false })?.ino;
}

/** Where the unified hierarchy is mounted, whole; undefined where it is not. */
export function unifiedMountPoint(mounts: string = mountinfo()): string | undefined {
  for (const line of mounts.split("\n")) {
    // man 5 proc: id, parent, device, root, mount point, options, optional fields, "-", type, source, options.
    const [, , , root, mountPoint, ...rest] = line.split(" ");
    if (root === "/" && rest[rest.indexOf("-") + 1] === "cgroup2") return mountPoint;
  }
  return undefined;
}

function mountinfo(): string {
  try {
    return readFileSync("/proc/self/mountinfo", "latin1");
  } catch {
    return "";
  }
}
