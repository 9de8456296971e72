const HIGHEST_CPU = 65_535;

/**
 * The CPUs of a list as the kernel writes it, "0-3,8", ascending and without doubles. White space at the ends, as in files
 * of /sys, is left out.
 *
 * @param possible CPUs that the machine can have, if they are to be checked
 * @throws RangeError when the list is empty, malformed, runs backwards, or names a CPU that the machine cannot have
 */
export function parseCpuList(list: string, possible?: readonly number[]): number[] {
  const cpus = new Set<number>();
  for (const range of list.trim().split(",")) {
    const match = /^(?<first>\d{1,6})(?:-(?<last>\d{1,6}))?$/u.exec(range);
    if (match === null) throw invalid(list, `"${range}" is neither a number nor a range`);
    const first = Number(match.groups?.["first"]);
    const last = Number(match.groups?.["last"] ?? first);
    if (last < first) throw invalid(list, `"${range}" runs backwards`);
    if (last > HIGHEST_CPU) throw invalid(list, `CPU ${last} is above ${HIGHEST_CPU}`);
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  const sorted = [...cpus].sort((a, b) => a - b);
  const strange = sorted.find((cpu) => possible !== undefined && !possible.includes(cpu));
  if (strange !== undefined) {
    throw invalid(list, `this machine has no CPU ${strange}, only ${possible?.join(",")}`);
  }
  return sorted;
}

function invalid(list: string, reason: string): RangeError {
  return new RangeError(
    `cpus must be a list such as "0-3,8", got ${JSON.stringify(list)}: ${reason}`,
  );
}
