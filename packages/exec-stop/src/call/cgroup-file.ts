import { closeSync, openSync, readSync } from "node:fs";
import { parseCgroup, type ProcReader, type Unavailable } from "@task-watchers/linux/procfs";
import { errorCode } from "./proc-files.ts";

/** The kernel gives the whole file in one read, if there is room for it. */
const buffer = Buffer.alloc(8192);
/** What the latest file said: the next says the same nearly always. */
let lastBytes = Buffer.alloc(0);
let lastPath: string | Unavailable = { missing: "empty" };

/** Control group path of a thread, in one read and mostly without parsing. */
export function readCgroup(proc: ProcReader, pid: number): string | Unavailable {
  let length: number;
  try {
    length = readOnce(`/proc/${pid}/cgroup`);
  } catch (error) {
    return { missing: errorCode(error) };
  }
  if (length === buffer.length) return proc.cgroup(pid);
  if (length !== lastBytes.length || lastBytes.compare(buffer, 0, length) !== 0) {
    lastBytes = Buffer.from(buffer.subarray(0, length));
    lastPath = parseCgroup(lastBytes) ?? { missing: "empty" };
  }
  return lastPath;
}

function readOnce(path: string): number {
  const fd = openSync(path, "r");
  try {
    return readSync(fd, buffer, 0, buffer.length, null);
  } finally {
    closeSync(fd);
  }
}
