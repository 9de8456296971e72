import { isUnavailable, type ProcReader, type Unavailable } from "@task-watchers/linux/procfs";

/** Who is about to run something. */
export interface ExecTask {
  /** Process id. */
  readonly tgid: number;
  /** Of its parent; 0 for one outside our pid namespace. */
  readonly ppid: number;
  /** Start of the process, ticks of 1/100 s since boot: with tgid it names the process for as long as the host is up. */
  readonly startTicks: number;
  /** Name of the calling thread, at most 15 bytes. */
  readonly comm: string;
  /** User and group ids before the exec, in our user namespace. */
  readonly ruid: number;
  readonly euid: number;
  readonly suid: number;
  readonly rgid: number;
  readonly egid: number;
  readonly sgid: number;
}

/** Reads it. @param pid thread id */
export function readTask(proc: ProcReader, pid: number): ExecTask | Unavailable {
  const status = proc.status(pid);
  if (isUnavailable(status)) return status;
  const own = proc.stat(pid);
  if (isUnavailable(own)) return own;
  const { tgid, ppid, uid, gid } = status;
  const leader = tgid === pid ? own : proc.stat(tgid);
  if (isUnavailable(leader)) return leader;
  return {
    tgid,
    ppid,
    startTicks: leader.startTicks,
    comm: own.comm,
    ruid: uid.real,
    euid: uid.effective,
    suid: uid.saved,
    rgid: gid.real,
    egid: gid.effective,
    sgid: gid.saved,
  };
}
