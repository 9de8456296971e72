import { accessSync, constants, readlinkSync, statSync } from "node:fs";
import { encodeText } from "@task-watchers/linux";
import type { ExecCall } from "../call/exec-call.ts";
import { errorCode } from "../call/proc-files.ts";

/** PATH_MAX, include/uapi/linux/limits.h, the NUL included. */
const PATH_MAX = 4096;
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

/**
 * The error that exec will give, by a look for the file while the task stands still; undefined when the file is there. A
 * task with another root than ours is looked for through /proc/PID/root, where an absolute symbolic link leads astray.
 */
export function expectedFailure(call: ExecCall): string | undefined {
  const { path, argv } = call;
  if (typeof path !== "string") return refusal(path.missing);
  if (typeof argv === "object" && "missing" in argv) {
    const code = refusal(argv.missing);
    if (code !== undefined) return code;
  }
  if (path === "") return call.syscall === "execve" ? "ENOENT" : undefined;
  const bytes = encodeText(path);
  if (bytes.length >= PATH_MAX) return "ENAMETOOLONG";
  if (OWN_FILES.test(path)) return undefined;
  const isRelative = !path.startsWith("/");
  // Relative to a descriptor: through /proc/PID/fd, which `file` has done.
  if (isRelative && call.syscall === "execveat") return undefined;
  const from = isRelative ? `/proc/${call.pid}/cwd/` : "";
  const code = lookUp(from, bytes);
  if (code === undefined || !EXPECTED.has(code)) return undefined;
  if (code === "EACCES" && !hasOurRights(call)) return undefined;
  if (isRelative) return isThere(`/proc/${call.pid}/cwd/`) ? code : undefined;
  if (sharesRoot(call.pid)) return code;
  const root = `/proc/${call.pid}/root`;
  return isThere(`${root}/`) ? lookUp(root, bytes) : undefined;
}

/** Why exec has failed with a file that was there; undefined when it is no question of the file. */
export function laterFailure(call: ExecCall): string | undefined {
  const { path } = call;
  if (typeof path !== "string" || !path.startsWith("/") || OWN_FILES.test(path)) return undefined;
  try {
    return statSync(Buffer.from(encodeText(path))).isFile() ? undefined : "EACCES";
  } catch {
    return undefined;
  }
}

function refusal(missing: string): string | undefined {
  return missing === "EFAULT" || missing === "E2BIG" ? missing : undefined;
}

function lookUp(from: string, path: Uint8Array): string | undefined {
  try {
    accessSync(Buffer.concat([Buffer.from(from), path]), constants.X_OK);
    return undefined;
  } catch (error) {
    return errorCode(error);
  }
}

function hasOurRights({ task }: ExecCall): boolean {
  return !("missing" in task) && task.euid === process.geteuid?.();
}

function isThere(path: string): boolean {
  return lookUp(path, new Uint8Array()) === undefined;
}

function sharesRoot(pid: number): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/ns/mnt`) !== readlinkSync("/proc/self/ns/mnt")) return false;
    const [theirs, ours] = [statSync(`/proc/${pid}/root/`), statSync("/")];
    return theirs.dev === ours.dev && theirs.ino === ours.ino;
  } catch {
    return false;
  }
}
