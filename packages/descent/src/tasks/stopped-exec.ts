import { readlinkSync } from "node:fs";
import type { ExecCall } from "@task-watchers/exec-stop";
import type { FileDescriptor } from "@task-watchers/linux/file-descriptor";
import { fileStatus } from "@task-watchers/linux/file-status";
import { locateFile, openPlace } from "@task-watchers/linux/locate-file";
import { decodeText, encodeText } from "@task-watchers/linux/text";
import type { SourceFacts } from "@task-watchers/tasks";
import type { Credentials } from "./credentials.ts";

/** An exec as it was when its task stood still in it. */
export interface StoppedExec {
  readonly call: ExecCall;
  readonly facts: SourceFacts;
  /** Ids the task had then; absent when they cannot change by it. */
  readonly before?: Credentials;
}

/** What is asked of a call here. */
export type AskedCall = Pick<
  ExecCall,
  "pid" | "file" | "argv" | "argvTruncatedBytes" | "cwd" | "cgroup"
>;

/** Reads what a watcher is told of an exec. `exe` is where the call points: `#!` is not followed. */
export function factsOf(call: AskedCall): SourceFacts {
  const { argv, argvTruncatedBytes, cwd, cgroup } = call;
  return {
    source: "stop",
    exe: realFile(call),
    argv,
    ...(argvTruncatedBytes > 0 && { argvTruncatedBytes }),
    cwd,
    cgroup,
  };
}

/** The file to be run with its links followed, by its name in the task's own root; as the call has it where that cannot be known at once. */
function realFile({ file, pid }: AskedCall): ExecCall["file"] {
  if (typeof file !== "string") return file;
  const found = locate(file, pid);
  if (found === undefined || typeof found === "string") return file;
  const real = linkTarget(`/proc/self/fd/${found.number}`);
  found.close();
  const root = linkTarget(`/proc/${pid}/root`);
  if (root === "/") return real ?? file;
  return root !== undefined && real?.startsWith(`${root}/`) ? real.slice(root.length) : file;
}

/** Looks for the file in the task's own root, without waiting for anybody: a descriptor, the lookup's error, or undefined. */
function locate(file: string, pid: number): FileDescriptor | string | undefined {
  const root = openPlace(`/proc/${pid}/root`);
  const found = root && locateFile(encodeText(file), { root, pid });
  root?.close();
  return found;
}

/** Where a link of /proc points, as we see it. */
function linkTarget(path: string): string | undefined {
  try {
    return decodeText(readlinkSync(path, "buffer"));
  } catch {
    return undefined;
  }
}

// include/uapi/linux/stat.h: S_ISUID, S_ISGID
const SET_ID = 0o6000;

/** Whether the file to be run may give its owner's rights, for all that can be known. Of a script it is the interpreter's bits that count. */
export function isSetId(call: AskedCall): boolean {
  if (typeof call.file !== "string") return false;
  const found = locate(call.file, call.pid);
  if (typeof found === "string") return false;
  const mode = found && fileStatus(found)?.mode;
  found?.close();
  return mode === undefined || (mode & SET_ID) !== 0;
}
