import type { ExitRecord } from "../taskstats/exit-record.ts";
import type { Delay, TaskStats } from "../taskstats/task-stats.ts";
import type { Arrival, Counted } from "./arrival.ts";
import type { Figures } from "./figures.ts";

/** Since then records name their process, and say which thread was its last. */
const VERSION_WITH_TGID = 12;

/**
 * An exit record for joining. Before version 12 it names no process: then each thread stands for itself, and only the first
 * thread's is found by its process.
 */
export function arrivalOf({ task, group, isLast }: ExitRecord, arrivedNs: bigint): Arrival {
  return {
    pid: task.pid,
    tgid: task.tgid ?? task.pid,
    comm: task.comm,
    isLast: isLast || task.version < VERSION_WITH_TGID,
    hasGroup: group !== undefined,
    elapsedNs: task.elapsedNs,
    arrivedNs,
    own: () => countedOfThread(task),
    group: () => (group === undefined ? undefined : countedOfGroup(group)),
  };
}

/** Of one thread; `peakRssBytes` is its process's. */
export function countedOfThread(stats: TaskStats): Counted {
  return {
    figures: {
      ...timesOf(stats),
      peakRssBytes: stats.peakRssBytes,
      readBytes: stats.readBytes,
      writtenBytes: lessCancelled(stats),
      minorFaults: stats.minorFaults,
      majorFaults: stats.majorFaults,
    },
    isDelayed: isDelayed(stats),
  };
}

/** Of a thread group: what the kernel fills in of it. Kernels before 2026 give a dead group's delays only. */
export function countedOfGroup(stats: TaskStats): Counted {
  const isFull = stats.elapsedNs > 0n;
  return {
    figures: isFull ? timesOf(stats) : delaysOf(stats),
    isDelayed: isDelayed(stats),
  };
}

function timesOf(stats: TaskStats): Figures {
  return {
    wallNs: stats.elapsedNs,
    ...delaysOf(stats),
    userNs: stats.userNs,
    systemNs: stats.systemNs,
    voluntarySwitches: stats.voluntarySwitches,
    involuntarySwitches: stats.involuntarySwitches,
  };
}

function delaysOf({ delays, cpuRunVirtualNs }: TaskStats): Figures {
  return {
    onCpuNs: cpuRunVirtualNs,
    waitCpuNs: delays.cpu.totalNs,
    blkioNs: delays.blkio.totalNs,
    swapinNs: delays.swapin.totalNs,
    reclaimNs: delays.freepages.totalNs,
    ...(delays.thrashing && { thrashingNs: delays.thrashing.totalNs }),
    ...(delays.compact && { compactNs: delays.compact.totalNs }),
    ...(delays.wpcopy && { wpcopyNs: delays.wpcopy.totalNs }),
    ...(delays.irq && { irqNs: delays.irq.totalNs }),
  };
}

/** Interrupts may be counted in any case; all others only with the switch. */
function isDelayed({ delays }: TaskStats): boolean {
  const { blkio, swapin, freepages, thrashing, compact, wpcopy } = delays;
  const counted = (delay: Delay | undefined): boolean => (delay?.count ?? 0n) > 0n;
  return [blkio, swapin, freepages, thrashing, compact, wpcopy].some(counted);
}

function lessCancelled({ writeBytes, cancelledWriteBytes }: TaskStats): bigint {
  return writeBytes > cancelledWriteBytes ? writeBytes - cancelledWriteBytes : 0n;
}
