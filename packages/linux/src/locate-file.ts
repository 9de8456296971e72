import { readlinkSync } from "node:fs";
import { errnoName } from "./errno-name.ts";
import { FileDescriptor } from "./file-descriptor.ts";
import { fileStatus, Mounts } from "./file-status.ts";
import { libc } from "./libc.ts";

/** The same on every architecture (since Linux 5.6). */
const SYS_OPENAT2 = 437;
// include/uapi/linux/openat2.h; struct open_how: u64 flags, mode, resolve.
const RESOLVE_IN_ROOT = 0x10n;
const RESOLVE_CACHED = 0x20n;
const OPEN_HOW_SIZE = 24;
// include/uapi/asm-generic/fcntl.h, the same on x86; arm64 has another O_NOFOLLOW.
const O_PATH = 0o10000000;
const O_CLOEXEC = 0o2000000;
const O_NOFOLLOW = process.arch === "arm64" ? 0o100000 : 0o400000;
const AT_FDCWD = -100;
/** MAXSYMLINKS, include/linux/namei.h. */
const LINKS_MAX = 40;
const S_IFMT = 0o170000;
const S_IFLNK = 0o120000;

const how = new BigUint64Array(OPEN_HOW_SIZE / 8);

/** Where to look for a file. */
export interface LocateOptions {
  /** The directory that is / (default ours). */
  readonly root?: FileDescriptor;
  /** The directory that a relative path is from (default ours). */
  readonly directory?: FileDescriptor;
  /** Whose mounts those directories are on (default ours). */
  readonly pid?: number;
}

/**
 * Looks for a file, links followed, without ever waiting for another process: a file system that has one behind it, as FUSE and network
 * file systems do, is not asked. What the kernel remembers of it is had all the same (openat2(2) with RESOLVE_CACHED, since Linux 5.12).
 *
 * @param path its bytes, without a NUL
 * @returns a descriptor that names the file (O_PATH), to be closed; the error of the lookup such as `"ENOENT"`; undefined when it
 *   cannot be known without waiting
 */
export function locateFile(
  path: Uint8Array,
  options: LocateOptions = {},
): FileDescriptor | string | undefined {
  const { root, directory, pid } = options;
  const isAbsolute = path[0] === SLASH;
  const start = isAbsolute ? root : directory;
  // One call, if it need not know both.
  if (isAbsolute || root === undefined) {
    const found = openCached(start, path, isAbsolute && root !== undefined, 0);
    if (found !== undefined) return found;
  }
  return walk(Buffer.from(path).toString("latin1"), start, root, new Mounts(pid));
}

/** A descriptor that names what a path of /proc leads to, such as `/proc/1/root`; undefined when it may not be had. */
export function openPlace(path: string): FileDescriptor | undefined {
  const found = openIn(undefined, path, 0);
  return typeof found === "string" ? undefined : found;
}

const SLASH = 0x2f;

/** Goes from directory to directory. Latin-1 stands for bytes. */
function walk(
  path: string,
  start: FileDescriptor | undefined,
  root: FileDescriptor | undefined,
  mounts: Mounts,
): FileDescriptor | string | undefined {
  const names = namesOf(path);
  const opened: FileDescriptor[] = [];
  const keep = (found: FileDescriptor | string): FileDescriptor | string => {
    if (typeof found !== "string") opened.push(found);
    return found;
  };
  let result: FileDescriptor | undefined;
  try {
    const rootOf = (): FileDescriptor | string => root ?? keep(openIn(undefined, "/", 0));
    let at = start ?? (path.startsWith("/") ? rootOf() : keep(openIn(undefined, ".", 0)));
    for (let links = 0; ;) {
      if (typeof at === "string") return at;
      const name = names.shift();
      if (name === undefined) return (result = at);
      // Out of another root would be into ours.
      if (name === ".." && root !== undefined) return undefined;
      const found = mounts.isLocal(at)
        ? openIn(at, name, O_NOFOLLOW)
        : openCached(at, Buffer.from(name, "latin1"), false, O_NOFOLLOW);
      if (found === undefined) return undefined;
      keep(found);
      if (typeof found === "string") return found;
      if (((fileStatus(found)?.mode ?? 0) & S_IFMT) !== S_IFLNK) {
        at = found;
        continue;
      }
      if (!mounts.isLocal(found)) return undefined;
      if (++links > LINKS_MAX) return "ELOOP";
      const target = targetOf(at, name);
      names.unshift(...namesOf(target));
      if (target.startsWith("/")) at = rootOf();
    }
  } finally {
    for (const fd of opened) if (fd !== result) fd.close();
  }
}

/** The names of a path; a slash at its end wants a directory. */
function namesOf(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "");
  return path.endsWith("/") ? [...names, "."] : names;
}

function targetOf(directory: FileDescriptor, name: string): string {
  const path = Buffer.from(`/proc/self/fd/${directory.number}/${name}`, "latin1");
  return readlinkSync(path, "buffer").toString("latin1");
}

function openIn(
  directory: FileDescriptor | undefined,
  path: string,
  flags: number,
): FileDescriptor | string {
  const bytes = Buffer.from(`${path}\0`, "latin1");
  const from = directory?.number ?? AT_FDCWD;
  const fd = libc().openat(from, bytes, O_PATH | O_CLOEXEC | flags);
  return fd < 0 ? errnoName(libc().errno()) : new FileDescriptor(fd);
}

const EAGAIN = 11;
const EINVAL = 22;
const ENOSYS = 38;
const EPERM = 1;
/** What says nothing of the file: not remembered, no such call or way to look on this kernel, forbidden by a sandbox. */
const NO_ANSWER: ReadonlySet<number> = new Set([EAGAIN, EINVAL, ENOSYS, EPERM]);

function openCached(
  directory: FileDescriptor | undefined,
  path: Uint8Array,
  isRoot: boolean,
  flags: number,
): FileDescriptor | string | undefined {
  const bytes = new Uint8Array(path.length + 1);
  bytes.set(path);
  how[0] = BigInt(O_PATH | O_CLOEXEC | flags);
  how[2] = isRoot ? RESOLVE_CACHED | RESOLVE_IN_ROOT : RESOLVE_CACHED;
  const from = directory?.number ?? AT_FDCWD;
  const fd = libc().openat2(SYS_OPENAT2, from, bytes, how, OPEN_HOW_SIZE);
  if (fd >= 0) return new FileDescriptor(fd);
  const errno = libc().errno();
  return NO_ANSWER.has(errno) ? undefined : errnoName(errno);
}
