import { accessSync, closeSync, constants, openSync, readlinkSync, readSync } from "node:fs";
import type { FileDescriptor } from "@task-watchers/linux/file-descriptor";
import { fileStatus, Mounts } from "@task-watchers/linux/file-status";
import { locateFile, type LocateOptions, openPlace } from "@task-watchers/linux/locate-file";
import { encodeText } from "@task-watchers/linux/text";
import type { ExecCall } from "../call/exec-call.ts";
import { errorCode } from "../call/proc-files.ts";
import type { FoundPrograms } from "./found-programs.ts";

/** PATH_MAX, include/uapi/linux/limits.h, the NUL included. */
const PATH_MAX = 4096;
/** BINPRM_BUF_SIZE, include/uapi/linux/binfmts.h: what the kernel looks at. */
const HEAD_BYTES = 256;
/** What of a lookup the kernel would say, too. */
const EXPECTED: ReadonlySet<string> = new Set([
  "ENOENT",
  "ENOTDIR",
  "EACCES",
  "ELOOP",
  "ENAMETOOLONG",
]);
/** Files that are others for each task that looks. */
const OWN_FILES = /^\/(?:proc|dev\/(?:fd|std))/u;

// include/uapi/linux/stat.h
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const ANY_X = 0o111;

/** Whether a failure's reason is one that we can find: a kernel without the call's ABI refuses it with ENOSYS, whatever it asks for. */
export function canTellWhy({ abi }: ExecCall): boolean {
  return abi !== "x32";
}

/**
 * The error that exec will give, by a look for the file while the task stands still; undefined when the file is there, or when
 * its file system may keep us waiting: the process behind that may wait for us.
 *
 * @param found programs that were there a moment ago and are not looked for again; only for whoever learns of a failure otherwise, too
 */
export function expectedFailure(call: ExecCall, found?: FoundPrograms): string | undefined {
  const { path, argv } = call;
  if (typeof path !== "string") return refusal(path.missing);
  if (typeof argv === "object" && "missing" in argv) {
    const code = refusal(argv.missing);
    if (code !== undefined) return code;
  }
  if (path === "") return call.syscall === "execve" ? "ENOENT" : undefined;
  if (found?.has(path) === true) return undefined;
  const bytes = encodeText(path);
  if (bytes.length >= PATH_MAX) return "ENAMETOOLONG";
  if (OWN_FILES.test(path)) return undefined;
  const isRelative = !path.startsWith("/");
  // Relative to a descriptor: through /proc/PID/fd, which `file` has done.
  if (isRelative && call.syscall === "execveat") return undefined;
  const code = isRelative ? fromDirectory(call, bytes) : lookUp(bytes);
  if (code === undefined && !isRelative) found?.add(path);
  if (code === undefined || !EXPECTED.has(code)) return undefined;
  if (code === "EACCES" && !hasOurRights(call)) return undefined;
  if (isRelative || sharesRoot(call.pid)) return code;
  return atPlace(`/proc/${call.pid}/root`, (root) => lookUp(bytes, { root, pid: call.pid }));
}

/**
 * Why exec has failed with a file that was there; undefined when it is no question of the file, or must not be looked for.
 *
 * @param mayBeGone the file was there only a moment before the call
 */
export function laterFailure(call: ExecCall, mayBeGone = false): string | undefined {
  // Where it was when that was read while the task stood still; a call by an absolute path needs no such look.
  const { file, path: called } = call;
  const path = typeof file === "string" ? file : called;
  if (typeof path !== "string" || !path.startsWith("/") || OWN_FILES.test(path)) return undefined;
  const found = locateFile(encodeText(path));
  if (typeof found === "string") return mayBeGone && EXPECTED.has(found) ? found : undefined;
  if (found === undefined) return undefined;
  try {
    if (!new Mounts().isLocal(found)) return undefined;
    return isRegular(found) ? formatFailure(`/proc/self/fd/${found.number}`) : "EACCES";
  } catch {
    return undefined;
  } finally {
    found.close();
  }
}

/** What the first bytes of a program say: neither an ELF file nor a script, or a script whose interpreter is not there. */
function formatFailure(file: string): string | undefined {
  const head = firstBytes(file);
  if (head === "" || !(head.startsWith("#!") || head.startsWith("\u007fELF"))) return "ENOEXEC";
  if (!head.startsWith("#!")) return undefined;
  const [line = ""] = head.slice(2).split("\n");
  const [interpreter = ""] = line.trim().split(/[ \t]/u);
  if (interpreter === "") return "ENOEXEC";
  return lookUp(Buffer.from(interpreter, "latin1"));
}

function firstBytes(file: string): string {
  const fd = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(HEAD_BYTES);
    return bytes.toString("latin1", 0, readSync(fd, bytes));
  } finally {
    closeSync(fd);
  }
}

function refusal(missing: string): string | undefined {
  return missing === "EFAULT" || missing === "E2BIG" ? missing : undefined;
}

function fromDirectory({ pid }: ExecCall, path: Uint8Array): string | undefined {
  return atPlace(`/proc/${pid}/cwd`, (directory) => {
    if (sharesRoot(pid)) return lookUp(path, { directory });
    return atPlace(`/proc/${pid}/root`, (root) => lookUp(path, { directory, root, pid }));
  });
}

function atPlace(
  path: string,
  look: (place: FileDescriptor) => string | undefined,
): string | undefined {
  const place = openPlace(path);
  if (place === undefined) return undefined;
  try {
    return look(place);
  } finally {
    place.close();
  }
}

function lookUp(path: Uint8Array, options?: LocateOptions): string | undefined {
  const found = locateFile(path, options);
  if (found === undefined || typeof found === "string") return found;
  try {
    const mode = fileStatus(found)?.mode;
    if (mode === undefined) return undefined;
    if ((mode & S_IFMT) !== S_IFREG || (mode & ANY_X) === 0) return "EACCES";
    // Those who may not all, and the others: the file system knows.
    if ((mode & ANY_X) === ANY_X || !new Mounts(options?.pid).isLocal(found)) return undefined;
    accessSync(`/proc/self/fd/${found.number}`, constants.X_OK);
    return undefined;
  } catch (error) {
    return errorCode(error);
  } finally {
    found.close();
  }
}

function isRegular(file: FileDescriptor): boolean {
  return ((fileStatus(file)?.mode ?? 0) & S_IFMT) === S_IFREG;
}

function hasOurRights({ task }: ExecCall): boolean {
  return !("missing" in task) && task.euid === process.geteuid?.();
}

/** Whether / is the same for both. Only links of /proc are read: what is at their end may keep us waiting. */
function sharesRoot(pid: number): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/ns/mnt`) !== readlinkSync("/proc/self/ns/mnt")) return false;
    return readlinkSync(`/proc/${pid}/root`) === "/";
  } catch {
    return false;
  }
}
