import { readFileSync } from "node:fs";
import { type Ids, isUnavailable, type ProcReader } from "@task-watchers/linux/procfs";

/** A thread's ids, in our user namespace. */
export interface Credentials {
  readonly uid: Ids;
  readonly gid: Ids;
}

/** @param tid any thread's id; undefined when it is gone */
export function readCredentials(proc: ProcReader, tid: number): Credentials | undefined {
  const status = proc.status(tid);
  return isUnavailable(status) ? undefined : { uid: status.uid, gid: status.gid };
}

/** Whether any of the four ids is another: what the kernel tells of. */
export function differ(a: Ids, b: Ids): boolean {
  return a.real !== b.real || a.effective !== b.effective || a.saved !== b.saved || a.fs !== b.fs;
}

/** Whether exec will set saved and file-system ids anew, whatever is run. */
export function execChanges({ uid, gid }: Credentials): boolean {
  return [uid, gid].some(({ effective, saved, fs }) => effective !== saved || effective !== fs);
}

/** How often a thread has got a CPU: /proc/TID/schedstat, third number. Undefined where there is none. */
export function turnsOnCpu(tid: number): number | undefined {
  try {
    const turns = Number(readFileSync(`/proc/${tid}/schedstat`, "latin1").split(" ")[2]);
    return Number.isNaN(turns) ? undefined : turns;
  } catch {
    return undefined;
  }
}
