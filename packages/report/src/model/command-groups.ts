/** Figures of one task that are grouped. */
export interface GroupedTask {
  readonly name: string;
  readonly durationNs: number;
  readonly hasFailed: boolean;
  /** Absent when it is not known. */
  readonly cpuNs?: number | undefined;
  readonly waitNs?: number | undefined;
}

/** All tasks that ran one program. */
export interface CommandGroup {
  readonly name: string;
  readonly count: number;
  readonly failed: number;
  /** From start to end, of all of them together. */
  readonly totalNs: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
  /** Sums over the tasks of which it is known; absent when it is of none. */
  readonly cpuNs?: number;
  /** For a CPU, for I/O and for memory. */
  readonly waitNs?: number;
}

/** Groups tasks by program, the one that took the most time first. */
export function groupCommands(tasks: Iterable<GroupedTask>): CommandGroup[] {
  const groups = new Map<string, GroupedTask[]>();
  for (const task of tasks) {
    const same = groups.get(task.name);
    if (same) same.push(task);
    else groups.set(task.name, [task]);
  }
  return [...groups]
    .map(([name, members]) => groupOf(name, members))
    .sort((a, b) => b.totalNs - a.totalNs || (a.name < b.name ? -1 : 1));
}

function groupOf(name: string, members: readonly GroupedTask[]): CommandGroup {
  const durations = Float64Array.from(members, (task) => task.durationNs).sort();
  const cpuNs = sum(members.map((task) => task.cpuNs));
  const waitNs = sum(members.map((task) => task.waitNs));
  return {
    name,
    count: members.length,
    failed: members.filter((task) => task.hasFailed).length,
    totalNs: durations.reduce((total, ns) => total + ns, 0),
    p50Ns: percentile(durations, 0.5),
    p90Ns: percentile(durations, 0.9),
    p99Ns: percentile(durations, 0.99),
    maxNs: durations.at(-1) ?? 0,
    ...(cpuNs !== undefined && { cpuNs }),
    ...(waitNs !== undefined && { waitNs }),
  };
}

/** The least value that so large a part is not above (nearest rank); 0 of none. */
export function percentile(sorted: ArrayLike<number>, part: number): number {
  const rank = Math.ceil(part * sorted.length) - 1;
  return sorted[Math.min(Math.max(rank, 0), sorted.length - 1)] ?? 0;
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  let total: number | undefined;
  for (const value of values) if (value !== undefined) total = (total ?? 0) + value;
  return total;
}
