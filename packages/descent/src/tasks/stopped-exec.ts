import { realpathSync, statSync } from "node:fs";
import type { ExecCall } from "@task-watchers/exec-stop";
import type { SourceFacts } from "@task-watchers/tasks";
import type { Credentials } from "./credentials.ts";

/** An exec as it was when its task stood still in it. */
export interface StoppedExec {
  readonly call: ExecCall;
  readonly facts: SourceFacts;
  /** Ids the task had then; absent when they cannot change by it. */
  readonly before?: Credentials;
}

/** Reads what a watcher is told of an exec. `exe` is where the call points: `#!` is not followed. */
export function factsOf(call: ExecCall): SourceFacts {
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

/** The file to be run with its links followed, where they can be; in the task's own root. */
function realFile({ pid, file }: ExecCall): ExecCall["file"] {
  if (typeof file !== "string") return file;
  const root = `/proc/${pid}/root`;
  try {
    const real = realpathSync.native(root + file);
    return real.startsWith(root) ? real.slice(root.length) : real;
  } catch {
    return file;
  }
}

// include/uapi/linux/stat.h: S_ISUID, S_ISGID
const SET_ID = 0o6000;

/** Whether the file to be run may give its owner's rights. Of a script it is the interpreter's bits that count. */
export function isSetId(call: ExecCall): boolean {
  if (typeof call.file !== "string") return false;
  try {
    return (statSync(`/proc/${call.pid}/root${call.file}`).mode & SET_ID) !== 0;
  } catch {
    return false;
  }
}
