import { readFileSync } from "node:fs";

/** The CPUs that run now, ascending: /sys/devices/system/cpu/online. */
export function onlineCpus(): number[] {
  return parseCpus(readFileSync("/sys/devices/system/cpu/online", "latin1"));
}

/** A list of CPUs as the kernel writes it, `"0-3,8"`. @throws RangeError when it is none */
export function parseCpus(list: string): number[] {
  return list
    .trim()
    .split(",")
    .flatMap((range) => {
      const match = /^(?<first>\d{1,5})(?:-(?<last>\d{1,5}))?$/u.exec(range);
      const first = Number(match?.groups?.["first"] ?? Number.NaN);
      const last = Number(match?.groups?.["last"] ?? first);
      if (!(last >= first)) {
        throw new RangeError(`a list of CPUs is like "0-3,8", got ${JSON.stringify(list)}`);
      }
      return Array.from({ length: last - first + 1 }, (_, n) => first + n);
    });
}

/** A number of /proc/sys/kernel; undefined where there is none. */
export function kernelSetting(name: string): number | undefined {
  try {
    const value = Number.parseInt(readFileSync(`/proc/sys/kernel/${name}`, "latin1"), 10);
    return Number.isNaN(value) ? undefined : value;
  } catch {
    return undefined;
  }
}
