import { isUnavailable, type ProcReader } from "@task-watchers/linux/procfs";

/** The processes, and all that descend from them now, those with a living parent: ids ascending. */
export function withDescent(proc: ProcReader, pids: readonly number[]): number[] {
  const children = new Map<number, number[]>();
  for (const pid of proc.pids()) {
    const stat = proc.stat(pid);
    if (isUnavailable(stat)) continue;
    const siblings = children.get(stat.ppid);
    if (siblings === undefined) children.set(stat.ppid, [pid]);
    else siblings.push(pid);
  }
  const found = new Set(pids);
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child);
  return [...found].sort((a, b) => a - b);
}

/** The processes named that there are none of, or that are threads of others. */
export function strangers(proc: ProcReader, pids: readonly number[]): number[] {
  return pids.filter((pid) => {
    const status = proc.status(pid);
    return isUnavailable(status) || status.tgid !== pid;
  });
}
