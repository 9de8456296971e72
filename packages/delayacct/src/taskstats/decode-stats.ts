import { decodeText } from "@task-watchers/linux";
import { decodeStruct, type Field, type Layout } from "@task-watchers/linux/layout";
import {
  MOVED_VERSION,
  movedLayout,
  NEWEST_VERSION,
  OLDEST_VERSION,
  type RawDelay,
  SIZES,
  type StatsLayout,
  statsLayout,
} from "./layout.ts";
import type { Delay, Delays, TaskStats } from "./task-stats.ts";

const NAME = "struct taskstats";
const NS_PER_US = 1000n;
const BYTES_PER_KB = 1024n;
const NS_PER_S = 1_000_000_000n;
const NO_BYTES: Uint8Array = new Uint8Array(0);

/** What the bytes themselves do not say. */
export interface DecodeStatsOptions {
  /** Version to go by where the bytes say 0, as the group's half of a record of an exit may (default: refuse 0). */
  readonly version?: number;
}

/**
 * Decodes a struct taskstats, by its version and its length; any later version by the fields that it adds to. Keeps no
 * reference to the bytes.
 *
 * @throws RangeError when version 8's fields are not all there, or the version is older
 */
export function decodeTaskStats(data: Uint8Array, options: DecodeStatsOptions = {}): TaskStats {
  const { version: own } = decodeStruct(NAME, versionLayout, data, 2);
  const version = own === 0 ? (options.version ?? 0) : own;
  if (version < OLDEST_VERSION) {
    throw new RangeError(
      `Cannot decode ${NAME}: version ${version}, need ${OLDEST_VERSION} or later`,
    );
  }
  const size = SIZES[Math.min(version, NEWEST_VERSION)] ?? data.byteLength;
  const layout = version === MOVED_VERSION ? movedLayout : statsLayout;
  const required = version === MOVED_VERSION ? size : (SIZES[OLDEST_VERSION] ?? 0);
  if (data.byteLength < required) {
    throw new RangeError(
      `Cannot decode ${NAME} of version ${version}: ${data.byteLength} bytes, need ${required}`,
    );
  }
  const length = Math.min(size, data.byteLength);
  const view = new DataView(data.buffer, data.byteOffset, length);
  return decodeFields(version, layout, view, data.byteLength > size ? data.slice(size) : NO_BYTES);
}

const versionLayout = { version: statsLayout.fields.version };

/** Field by field into one object: this runs for each exit of the host, and spreading parts costs twice as much. */
function decodeFields(
  version: number,
  layout: StatsLayout,
  view: DataView,
  tail: Uint8Array,
): TaskStats {
  const f = layout.fields;
  const u = (field: Field<bigint>): bigint => wide(field, view);
  const n = (field: Field<number>): number => field.read(view, field.offset);
  const comm = f.comm.read(view, f.comm.offset);
  const end = comm.indexOf(0);
  const stats: Writable<TaskStats> = {
    version,
    delays: decodeDelays(layout, view),
    cpuRunRealNs: u(f.cpuRunRealNs),
    cpuRunVirtualNs: u(f.cpuRunVirtualNs),
    cpuScaledRunRealNs: u(f.cpuScaledRunRealNs),
    comm: decodeText(end < 0 ? comm : comm.subarray(0, end)),
    waitStatus: n(f.exitcode),
    flags: n(f.flag),
    nice: (n(f.nice) << 24) >> 24,
    policy: n(f.sched),
    uid: n(f.uid),
    gid: n(f.gid),
    pid: n(f.pid),
    ppid: n(f.ppid),
    startRealtimeS: has(f.btime64, view) ? u(f.btime64) : BigInt(n(f.btime)),
    elapsedNs: u(f.etimeUs) * NS_PER_US,
    userNs: u(f.utimeUs) * NS_PER_US,
    systemNs: u(f.stimeUs) * NS_PER_US,
    userScaledNs: u(f.utimeScaledUs) * NS_PER_US,
    systemScaledNs: u(f.stimeScaledUs) * NS_PER_US,
    minorFaults: u(f.minflt),
    majorFaults: u(f.majflt),
    rssMiBUs: u(f.coremem),
    vmMiBUs: u(f.virtmem),
    peakRssBytes: u(f.hiwaterRssKb) * BYTES_PER_KB,
    peakVmBytes: u(f.hiwaterVmKb) * BYTES_PER_KB,
    readCharBytes: u(f.readChar),
    writeCharBytes: u(f.writeChar),
    readSyscalls: u(f.readSyscalls),
    writeSyscalls: u(f.writeSyscalls),
    readBytes: u(f.readBytes),
    writeBytes: u(f.writeBytes),
    cancelledWriteBytes: u(f.cancelledWriteBytes),
    voluntarySwitches: u(f.nvcsw),
    involuntarySwitches: u(f.nivcsw),
    tail,
  };
  if (has(f.tgid, view)) stats.tgid = n(f.tgid);
  if (has(f.tgetimeUs, view)) stats.groupElapsedNs = u(f.tgetimeUs) * NS_PER_US;
  if (has(f.exeDev, view)) stats.exeDevice = u(f.exeDev);
  if (has(f.exeInode, view)) stats.exeInode = u(f.exeInode);
  return stats;
}

function decodeDelays({ delays }: StatsLayout, view: DataView): Delays {
  const result: Writable<Delays> = {
    cpu: decodeDelay(delays.cpu, view),
    blkio: decodeDelay(delays.blkio, view),
    swapin: decodeDelay(delays.swapin, view),
    freepages: decodeDelay(delays.freepages, view),
  };
  const later = ["thrashing", "compact", "wpcopy", "irq"] as const;
  for (const kind of later) {
    if (has(delays[kind].total, view)) result[kind] = decodeDelay(delays[kind], view);
  }
  return result;
}

/** The kernel's 0 for an extreme means that there was no wait yet. */
function decodeDelay(layout: Layout<RawDelay>, view: DataView): Delay {
  const u = (field: Field<bigint>): bigint => (has(field, view) ? wide(field, view) : 0n);
  const delay: Writable<Delay> = { count: u(layout.count), totalNs: u(layout.total) };
  const max = u(layout.max);
  if (max !== 0n) delay.maxNs = max;
  const min = u(layout.min);
  if (min !== 0n) delay.minNs = min;
  const at = u(layout.maxAtS) * NS_PER_S + u(layout.maxAtNs);
  if (at !== 0n) delay.maxAtRealtimeNs = at;
  return delay;
}

/** Most are 0, of which there is one: a record would be three times as large with each of its own. */
function wide(field: Field<bigint>, view: DataView): bigint {
  const at = field.offset;
  if (view.getUint32(at) === 0 && view.getUint32(at + 4) === 0) return 0n;
  return field.read(view, at);
}

function has<T>(field: Field<T>, view: DataView): boolean {
  return field.offset + field.size <= view.byteLength;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
