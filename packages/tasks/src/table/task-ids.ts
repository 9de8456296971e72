import type { TaskIds } from "@task-watchers/chain";
import { isUnavailable, type ProcReader } from "@task-watchers/linux/procfs";

/** As whom a task runs, from /proc; undefined when it is gone. */
export function idsOf(proc: ProcReader, pid: number): TaskIds | undefined {
  const status = proc.status(pid);
  if (isUnavailable(status)) return undefined;
  const { uid, gid } = status;
  return { ruid: uid.real, euid: uid.effective, rgid: gid.real, egid: gid.effective };
}
