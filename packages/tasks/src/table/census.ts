import { isUnavailable, type ProcReader, type ProcStat } from "@task-watchers/linux/procfs";

/** States of a process that has ended but is still listed: zombie, and dead. */
const ENDED: ReadonlySet<string> = new Set(["Z", "X"]);

/**
 * The processes that /proc lists now, oldest first, so that parents come before their children.
 *
 * @param isKnown of which process nothing need be read
 */
export function census(
  proc: ProcReader,
  isKnown: (pid: number) => boolean = () => false,
): ProcStat[] {
  const present: ProcStat[] = [];
  for (const pid of proc.pids()) {
    if (isKnown(pid)) continue;
    const stat = proc.stat(pid);
    if (!isUnavailable(stat) && isAlive(stat)) present.push(stat);
  }
  return present.sort((a, b) => a.startTicks - b.startTicks || a.pid - b.pid);
}

/** Whether any of its threads still runs: a zombie may be but the first thread of a living process. */
export function isAlive(stat: ProcStat): boolean {
  return !ENDED.has(stat.state) || stat.numThreads > 1;
}
