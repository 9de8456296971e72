import type { ExitRecord } from "../taskstats/exit-record.ts";
import type { Delay, TaskStats } from "../taskstats/task-stats.ts";
import type { Arrival, Counted } from "./arrival.ts";
import type { Figures } from "./figures.ts";

/** Since then records name their process, and say which thread was its last. */
const VERSION_WITH_TGID = 12;

/** A whole second, nanoseconds. */
const SECOND_NS = 1_000_000_000n;
/** By how much the kernel's seconds may lag behind, and its record behind them, nanoseconds. */
const LAG_NS = 20_000_000n;

/**
 * An exit record for joining. Before version 12 it names no process: then each thread stands for itself, and only the first
 * thread's is found by its process.
 *
 * @param realtimeNs from CLOCK_MONOTONIC to the wall clock, nanoseconds
 */
export function arrivalOf(record: ExitRecord, realtimeNs: bigint): Arrival {
  const { task, group, isLast, readNs } = record;
  return {
    pid: task.pid,
    tgid: task.tgid ?? task.pid,
    comm: task.comm,
    isLast: isLast || task.version < VERSION_WITH_TGID,
    hasGroup: group !== undefined,
    elapsedNs: task.elapsedNs,
    ...(task.groupElapsedNs !== undefined && { processElapsedNs: task.groupElapsedNs }),
    ...madeWhen(record, realtimeNs),
    arrivedNs: readNs,
    own: () => countedOfThread(task),
    group: () => (group === undefined ? undefined : countedOfGroup(group)),
  };
}

/**
 * When a record was made. Its begin is the wall clock's second less the whole seconds that it lived: so there is a second in
 * which it was made, though it was queued for longer. It counts for nothing when the wall clock was set meanwhile.
 */
function madeWhen({ task, emptyNs, readNs }: ExitRecord, realtimeNs: bigint) {
  const second = task.startRealtimeS + task.elapsedNs / SECOND_NS;
  const sinceNs = second * SECOND_NS - realtimeNs - LAG_NS;
  const untilNs = sinceNs + SECOND_NS + 2n * LAG_NS;
  if (untilNs < emptyNs || sinceNs > readNs) return { madeFromNs: emptyNs, madeToNs: readNs };
  return {
    madeFromNs: sinceNs > emptyNs ? sinceNs : emptyNs,
    madeToNs: untilNs < readNs ? untilNs : readNs,
  };
}

/** Of one thread; `peakRssBytes` is its process's. */
export function countedOfThread(stats: TaskStats): Counted {
  const figures = timesOf(stats);
  figures.peakRssBytes = stats.peakRssBytes;
  figures.readBytes = stats.readBytes;
  figures.writtenBytes = lessCancelled(stats);
  figures.minorFaults = stats.minorFaults;
  figures.majorFaults = stats.majorFaults;
  return { figures, isDelayed: isDelayed(stats) };
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
  const figures = delaysOf(stats);
  figures.wallNs = stats.elapsedNs;
  figures.userNs = stats.userNs;
  figures.systemNs = stats.systemNs;
  figures.voluntarySwitches = stats.voluntarySwitches;
  figures.involuntarySwitches = stats.involuntarySwitches;
  return figures;
}

/** Filled one by one, here and by those who add to it: this is done at each exit, and to spread parts costs several times as much. */
function delaysOf({ delays, cpuRunVirtualNs }: TaskStats): Figures {
  const figures: Figures = {
    onCpuNs: cpuRunVirtualNs,
    waitCpuNs: delays.cpu.totalNs,
    blkioNs: delays.blkio.totalNs,
    swapinNs: delays.swapin.totalNs,
    reclaimNs: delays.freepages.totalNs,
  };
  if (delays.thrashing) figures.thrashingNs = delays.thrashing.totalNs;
  if (delays.compact) figures.compactNs = delays.compact.totalNs;
  if (delays.wpcopy) figures.wpcopyNs = delays.wpcopy.totalNs;
  if (delays.irq) figures.irqNs = delays.irq.totalNs;
  return figures;
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
