import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readlinkSync,
  readSync,
  statSync,
} from "node:fs";
import { encodeText } from "@task-watchers/linux";
import type { ExecCall } from "../call/exec-call.ts";
import { errorCode } from "../call/proc-files.ts";

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
  // Where it was when that was read while the task stood still; a call by an absolute path needs no such look.
  const { file, path: called } = call;
  const path = typeof file === "string" ? file : called;
  if (typeof path !== "string" || !path.startsWith("/") || OWN_FILES.test(path)) return undefined;
  try {
    const file = Buffer.from(encodeText(path));
    return statSync(file).isFile() ? formatFailure(file) : "EACCES";
  } catch {
    return undefined;
  }
}

/** What the first bytes of a program say: neither an ELF file nor a script, or a script whose interpreter is not there. */
function formatFailure(file: Buffer): string | undefined {
  const head = firstBytes(file);
  if (head === "" || !(head.startsWith("#!") || head.startsWith("\u007fELF"))) return "ENOEXEC";
  if (!head.startsWith("#!")) return undefined;
  const [line = ""] = head.slice(2).split("\n");
  const [interpreter = ""] = line.trim().split(/[ \t]/u);
  if (interpreter === "") return "ENOEXEC";
  return lookUp("", Buffer.from(interpreter, "latin1"));
}

function firstBytes(file: Buffer): string {
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

function lookUp(from: string, path: Uint8Array): string | undefined {
  try {
    accessSync(
      from === "" ? asBuffer(path) : Buffer.concat([Buffer.from(from), path]),
      constants.X_OK,
    );
    return undefined;
  } catch (error) {
    return errorCode(error);
  }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
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
