import { isUnavailable } from "@task-watchers/linux/procfs";
import { readProcFile } from "../procfs/proc-file.ts";

/** A process was asked for by the id of one of its threads other than the first. */
export class NotAProcessError extends Error {
  override readonly name = "NotAProcessError";
  /** `EINVAL`, as pidfd_open(2) has it. */
  readonly code = "EINVAL";
  /** The id that was given. */
  readonly tid: number;
  /** The process whose thread it is: its id would be right. */
  readonly pid: number;

  constructor(tid: number, pid: number) {
    super(`${tid} is a thread of process ${pid}: give the process's id`);
    this.tid = tid;
    this.pid = pid;
  }
}

/** @throws RangeError for what is no id at all, NotAProcessError for a thread's; one that is not there is let through */
export function checkProcessIds(pids: readonly number[]): void {
  for (const pid of pids) {
    if (!Number.isSafeInteger(pid) || pid <= 0) {
      throw new RangeError(`a process id must be a positive integer, got ${pid}`);
    }
  }
  for (const pid of pids) {
    const status = readProcFile(`/proc/${pid}/status`);
    const tgid = isUnavailable(status) ? undefined : /^Tgid:\s*(\d+)$/mu.exec(status)?.[1];
    if (tgid !== undefined && Number(tgid) !== pid) throw new NotAProcessError(pid, Number(tgid));
  }
}
