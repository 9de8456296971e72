import { isUnavailable } from "@task-watchers/linux/procfs";
import { readProcFile } from "../procfs/proc-file.ts";

/** More processes than a CPU can begin and end in a second. */
const FORKS_A_SECOND = 50_000;
/** The least that pid_max is on machines of two CPUs or more, by default. */
const PID_MAX = 32_768;

/**
 * Nanoseconds within which a pid does not come round again, unless somebody asks the kernel for that pid: even if all CPUs did
 * nothing but begin processes.
 *
 * @param pidMax sysctl kernel.pid_max, as text (default: this machine's)
 */
export function pidRoundNs(
  cpus: number,
  pidMax: string = textOf("/proc/sys/kernel/pid_max"),
): bigint {
  const pids = Number(pidMax) || PID_MAX;
  return BigInt(Math.floor((pids / (Math.max(1, cpus) * FORKS_A_SECOND)) * 1e9));
}

function textOf(path: string): string {
  const text = readProcFile(path);
  return isUnavailable(text) ? "" : text;
}
