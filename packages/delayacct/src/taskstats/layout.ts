/** struct taskstats, include/uapi/linux/taskstats.h, as tables; the same on all 64-bit machines. */
import { bytes, type Field, type Layout, u16, u32, u64, u8 } from "@task-watchers/linux/layout";

/** The fields besides the waits, as the kernel gives them. */
export interface RawFields {
  readonly version: number;
  readonly exitcode: number;
  readonly flag: number;
  /** The bits of a signed number. */
  readonly nice: number;
  readonly cpuRunRealNs: bigint;
  readonly cpuRunVirtualNs: bigint;
  readonly comm: Uint8Array;
  readonly sched: number;
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  readonly ppid: number;
  /** Seconds, until 2106. */
  readonly btime: number;
  readonly etimeUs: bigint;
  readonly utimeUs: bigint;
  readonly stimeUs: bigint;
  readonly minflt: bigint;
  readonly majflt: bigint;
  readonly coremem: bigint;
  readonly virtmem: bigint;
  readonly hiwaterRssKb: bigint;
  readonly hiwaterVmKb: bigint;
  readonly readChar: bigint;
  readonly writeChar: bigint;
  readonly readSyscalls: bigint;
  readonly writeSyscalls: bigint;
  readonly readBytes: bigint;
  readonly writeBytes: bigint;
  readonly cancelledWriteBytes: bigint;
  readonly nvcsw: bigint;
  readonly nivcsw: bigint;
  readonly utimeScaledUs: bigint;
  readonly stimeScaledUs: bigint;
  readonly cpuScaledRunRealNs: bigint;
  readonly btime64?: bigint;
  readonly tgid?: number;
  readonly tgetimeUs?: bigint;
  readonly exeDev?: bigint;
  readonly exeInode?: bigint;
}

/** One kind of wait, as the kernel gives it. */
export interface RawDelay {
  readonly count: bigint;
  readonly total: bigint;
  readonly max?: bigint;
  readonly min?: bigint;
  readonly maxAtS?: bigint;
  readonly maxAtNs?: bigint;
}

/** The kinds of waits, in the kernel's order. */
export type DelayKind =
  | "cpu"
  | "blkio"
  | "swapin"
  | "freepages"
  | "thrashing"
  | "compact"
  | "wpcopy"
  | "irq";

/** The whole struct. */
export interface StatsLayout {
  readonly fields: Layout<RawFields>;
  readonly delays: { readonly [kind in DelayKind]: Layout<RawDelay> };
}

/** sizeof(struct taskstats) by version. */
export const SIZES: Readonly<Record<number, number>> = {
  8: 328,
  9: 344,
  10: 352,
  11: 368,
  12: 400,
  13: 416,
  14: 432,
  15: 560,
  16: 560,
  17: 688,
};
/** The first version there is a table for (Linux 2.6.36). */
export const OLDEST_VERSION = 8;
/** The last version there is a table for; later ones only add to it. */
export const NEWEST_VERSION = 17;
/** The version whose table is different. */
export const MOVED_VERSION = 15;

const fields: Layout<RawFields> = {
  version: u16(0),
  exitcode: u32(4),
  flag: u8(8),
  nice: u8(9),
  cpuRunRealNs: u64(64),
  cpuRunVirtualNs: u64(72),
  comm: bytes(80, 32),
  sched: u8(112),
  uid: u32(120),
  gid: u32(124),
  pid: u32(128),
  ppid: u32(132),
  btime: u32(136),
  etimeUs: u64(144),
  utimeUs: u64(152),
  stimeUs: u64(160),
  minflt: u64(168),
  majflt: u64(176),
  coremem: u64(184),
  virtmem: u64(192),
  hiwaterRssKb: u64(200),
  hiwaterVmKb: u64(208),
  readChar: u64(216),
  writeChar: u64(224),
  readSyscalls: u64(232),
  writeSyscalls: u64(240),
  readBytes: u64(248),
  writeBytes: u64(256),
  cancelledWriteBytes: u64(264),
  nvcsw: u64(272),
  nivcsw: u64(280),
  utimeScaledUs: u64(288),
  stimeScaledUs: u64(296),
  cpuScaledRunRealNs: u64(304),
  btime64: u64(344),
  tgid: u32(368),
  tgetimeUs: u64(376),
  exeDev: u64(384),
  exeInode: u64(392),
};

/** All versions but 15. Ends of the longest waits are struct __kernel_timespec, since version 17. */
export const statsLayout: StatsLayout = {
  fields,
  delays: {
    cpu: delay(16, 432, 560),
    blkio: delay(32, 448, 576),
    swapin: delay(48, 464, 592),
    freepages: delay(312, 480, 608),
    thrashing: delay(328, 496, 624),
    compact: delay(352, 512, 640),
    wpcopy: delay(400, 528, 656),
    irq: delay(416, 544, 672),
  },
};

/** Version 15 alone (Linux 6.14), where the longest and the shortest wait are behind each total; as long as version 16. */
export const movedLayout: StatsLayout = {
  fields: moveAll(fields),
  delays: {
    cpu: movedDelay(16),
    blkio: movedDelay(48),
    swapin: movedDelay(80),
    freepages: movedDelay(360),
    thrashing: movedDelay(392),
    compact: movedDelay(432),
    wpcopy: movedDelay(496),
    irq: movedDelay(528),
  },
};

/** @param at count and total, @param extremes longest and shortest, @param maxAt when the longest ended */
function delay(at: number, extremes: number, maxAt: number): Layout<RawDelay> {
  return {
    count: u64(at),
    total: u64(at + 8),
    max: u64(extremes),
    min: u64(extremes + 8),
    maxAtS: u64(maxAt),
    maxAtNs: u64(maxAt + 8),
  };
}

/** @param at count, total, longest and shortest; there is no more, whatever the length says */
function movedDelay(at: number): Layout<RawDelay> {
  return delay(at, at + 16, Infinity);
}

/** How far version 15 moved the fields behind: 16 bytes for each kind of wait before them. */
function moved(offset: number): number {
  if (offset < 32) return offset;
  if (offset < 312) return offset + 48;
  if (offset < 352) return offset + 80;
  return offset + 96;
}

function moveAll<T>(layout: Layout<T>): Layout<T> {
  const result: Partial<Record<keyof T, Field<unknown>>> = {};
  for (const key in layout) result[key] = { ...layout[key], offset: moved(layout[key].offset) };
  return result as Layout<T>;
}
