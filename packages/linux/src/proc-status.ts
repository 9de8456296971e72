import { decodeText } from "./text.ts";

/** Real, effective, saved and file-system id, in the reader's user namespace. */
export interface Ids {
  readonly real: number;
  readonly effective: number;
  readonly saved: number;
  readonly fs: number;
}

/** What /proc/PID/status says, as far as it is used here (man 5 proc_pid_status). */
export interface ProcStatus {
  readonly tgid: number;
  readonly pid: number;
  readonly ppid: number;
  readonly tracerPid: number;
  readonly uid: Ids;
  readonly gid: Ids;
  /** Pid in each nested pid namespace, outermost first; absent before Linux 4.1. */
  readonly nsPids?: readonly number[];
  /** Peak resident set, KiB; absent for kernel threads and zombies. */
  readonly vmHwmKiB?: number;
}

/** @throws RangeError when a field that every kernel writes is not there */
export function parseStatus(data: Uint8Array): ProcStatus {
  const values = new Map<string, string>();
  // The kernel escapes newlines in Name, so a line is a field; the last piece is empty, or a line cut off.
  for (const line of decodeText(data).split("\n").slice(0, -1)) {
    const colon = line.indexOf(":");
    if (colon > 0) values.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const numbers = (key: string): number[] | undefined =>
    values.get(key)?.match(/\d+/gu)?.map(Number);
  const number = (key: string): number => {
    const value = numbers(key)?.[0];
    if (value === undefined) throw missing(key);
    return value;
  };
  const ids = (key: string): Ids => {
    const [real, effective, saved, fs] = numbers(key) ?? [];
    if (real === undefined || effective === undefined || saved === undefined || fs === undefined) {
      throw missing(key);
    }
    return { real, effective, saved, fs };
  };
  const nsPids = numbers("NSpid");
  const vmHwmKiB = numbers("VmHWM")?.[0];
  return {
    tgid: number("Tgid"),
    pid: number("Pid"),
    ppid: number("PPid"),
    tracerPid: number("TracerPid"),
    uid: ids("Uid"),
    gid: ids("Gid"),
    ...(nsPids && { nsPids }),
    ...(vmHwmKiB !== undefined && { vmHwmKiB }),
  };
}

function missing(key: string): RangeError {
  return new RangeError(`Cannot parse /proc/PID/status: no ${key}`);
}
