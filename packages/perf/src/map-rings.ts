import { SyscallError } from "@task-watchers/linux";
import type { CpuEvents } from "./cpu-events.ts";
import { kernelSetting } from "./machine-limits.ts";
import { PerfUnavailableError } from "./unavailable.ts";

/**
 * Gives every CPU's events a ring, all of one size.
 *
 * @param wanted pages of each ring, a power of two
 * @returns pages of each ring, fewer than wanted where memory may not be had (kernel.perf_event_mlock_kb)
 * @throws PerfUnavailableError `EPERM` when not even a page may be locked
 */
export function mapRings(cpus: readonly CpuEvents[], wanted: number): number {
  for (let pages = wanted; ; pages /= 2) {
    try {
      for (const cpu of cpus) cpu.mapRing(pages);
      return pages;
    } catch (error) {
      for (const cpu of cpus) cpu.unmapRing();
      if (!(error instanceof SyscallError) || error.code !== "EPERM") throw error;
      if (pages > 1) continue;
      const limit = kernelSetting("perf_event_mlock_kb") ?? "not known";
      throw new PerfUnavailableError(
        "EPERM",
        `no memory may be locked for rings; kernel.perf_event_mlock_kb is ${limit}, for all rings of a user`,
        "end other profilers, raise the setting, or run with CAP_IPC_LOCK",
        { cause: error },
      );
    }
  }
}
