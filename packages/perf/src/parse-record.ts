import { decodeText } from "@task-watchers/linux";
import {
  PERF_RECORD_COMM,
  PERF_RECORD_EXIT,
  PERF_RECORD_FORK,
  PERF_RECORD_LOST,
  PERF_RECORD_LOST_SAMPLES,
  PERF_RECORD_MISC_COMM_EXEC,
  PERF_RECORD_MISC_CPUMODE_MASK,
  PERF_RECORD_MISC_GUEST_KERNEL,
  PERF_RECORD_MISC_KERNEL,
  PERF_RECORD_MISC_MMAP_BUILD_ID,
  PERF_RECORD_MMAP2,
  PERF_RECORD_SAMPLE,
  PERF_RECORD_THROTTLE,
  PERF_RECORD_UNTHROTTLE,
} from "./constants.ts";
import type { MapRecord, PerfRecord, SampleRecord } from "./record.ts";

/** Bytes that end every record but a sample: u32 pid, u32 tid, u64 time, u32 cpu, u32 reserved, u64 identifier. */
const TRAILER_BYTES = 32;
const HEADER_BYTES = 8;
/** Bytes of a sample without its header and chain. */
const SAMPLE_BYTES = 56;

/** Bytes each record has at least, header and trailer included, by its type. */
const LEAST_BYTES = new Map<number, number>([
  [PERF_RECORD_SAMPLE, HEADER_BYTES + SAMPLE_BYTES],
  [PERF_RECORD_LOST, HEADER_BYTES + 16 + TRAILER_BYTES],
  [PERF_RECORD_LOST_SAMPLES, HEADER_BYTES + 8 + TRAILER_BYTES],
  [PERF_RECORD_COMM, HEADER_BYTES + 8 + TRAILER_BYTES],
  [PERF_RECORD_EXIT, HEADER_BYTES + 24 + TRAILER_BYTES],
  [PERF_RECORD_FORK, HEADER_BYTES + 24 + TRAILER_BYTES],
  [PERF_RECORD_THROTTLE, HEADER_BYTES + 24 + TRAILER_BYTES],
  [PERF_RECORD_UNTHROTTLE, HEADER_BYTES + 24 + TRAILER_BYTES],
  [PERF_RECORD_MMAP2, HEADER_BYTES + 64 + TRAILER_BYTES],
]);

/**
 * Decodes a record of an event that was opened with `encodeAttributes`; keeps nothing of the memory.
 *
 * @param size bytes of the record, all of them in the view
 * @returns `"unknown"` for a type that is none of ours, `"malformed"` for one that is too short
 */
export function parseRecord(
  view: DataView,
  at: number,
  size: number,
): PerfRecord | "unknown" | "malformed" {
  const type = view.getUint32(at, true);
  const least = LEAST_BYTES.get(type);
  if (least === undefined) return "unknown";
  if (size < least) return "malformed";
  if (type === PERF_RECORD_SAMPLE) return sample(view, at, size);
  const end = at + size - TRAILER_BYTES;
  // Records are written out field by field: of an object that begins with a spread V8 makes a hidden class each time.
  const timeNs = view.getBigUint64(end + 8, true);
  const pid = view.getInt32(end, true);
  const tid = view.getInt32(end + 4, true);
  const body = at + HEADER_BYTES;
  switch (type) {
    case PERF_RECORD_MMAP2:
      return map(view, at, end);
    case PERF_RECORD_COMM:
      return {
        type: "comm",
        timeNs,
        pid: view.getInt32(body, true),
        tid: view.getInt32(body + 4, true),
        comm: text(view, body + 8, end),
        isExec: (misc(view, at) & PERF_RECORD_MISC_COMM_EXEC) !== 0,
      };
    case PERF_RECORD_FORK:
    case PERF_RECORD_EXIT:
      return {
        type: type === PERF_RECORD_FORK ? "fork" : "exit",
        timeNs: view.getBigUint64(body + 16, true),
        pid: view.getInt32(body, true),
        tid: view.getInt32(body + 8, true),
        ppid: view.getInt32(body + 4, true),
        ptid: view.getInt32(body + 12, true),
      };
    case PERF_RECORD_LOST:
      return {
        type: "lost",
        timeNs,
        pid,
        tid,
        of: "records",
        count: Number(view.getBigUint64(body + 8, true)),
      };
    case PERF_RECORD_LOST_SAMPLES:
      return {
        type: "lost",
        timeNs,
        pid,
        tid,
        of: "samples",
        count: Number(view.getBigUint64(body, true)),
      };
    default:
      return { type: type === PERF_RECORD_THROTTLE ? "throttle" : "unthrottle", timeNs, pid, tid };
  }
}

/** u64 identifier, ip; u32 pid, tid; u64 time; u32 cpu, reserved; u64 period, nr, chain[nr]. */
function sample(view: DataView, at: number, size: number): SampleRecord | "malformed" {
  const body = at + HEADER_BYTES;
  const nr = view.getUint32(body + 48, true);
  if (view.getUint32(body + 52, true) !== 0 || nr > (size - HEADER_BYTES - SAMPLE_BYTES) / 8) {
    return "malformed";
  }
  // Records lie on multiples of 8 bytes, but a view need not begin on one.
  const chain = new BigUint64Array(nr);
  const from = view.byteOffset + body + SAMPLE_BYTES;
  new Uint8Array(chain.buffer).set(new Uint8Array(view.buffer, from, nr * 8));
  const mode = misc(view, at) & PERF_RECORD_MISC_CPUMODE_MASK;
  const isKernel = mode === PERF_RECORD_MISC_KERNEL || mode === PERF_RECORD_MISC_GUEST_KERNEL;
  return {
    type: "sample",
    event: view.getBigUint64(body, true),
    ip: view.getBigUint64(body + 8, true),
    pid: view.getInt32(body + 16, true),
    tid: view.getInt32(body + 20, true),
    timeNs: view.getBigUint64(body + 24, true),
    cpu: view.getUint32(body + 32, true),
    period: Number(view.getBigUint64(body + 40, true)),
    mode: isKernel ? "kernel" : "user",
    chain,
  };
}

/** u32 pid, tid; u64 addr, len, pgoff; u32 maj, min; u64 ino, generation; u32 prot, flags; char name[]. */
function map(view: DataView, at: number, end: number): MapRecord {
  const body = at + HEADER_BYTES;
  const start = view.getBigUint64(body + 8, true);
  const hasFile = (misc(view, at) & PERF_RECORD_MISC_MMAP_BUILD_ID) === 0;
  return {
    type: "map",
    timeNs: view.getBigUint64(end + 8, true),
    pid: view.getInt32(body, true),
    tid: view.getInt32(body + 4, true),
    start,
    end: start + view.getBigUint64(body + 16, true),
    offset: view.getBigUint64(body + 24, true),
    major: hasFile ? view.getUint32(body + 32, true) : 0,
    minor: hasFile ? view.getUint32(body + 36, true) : 0,
    inode: hasFile ? view.getBigUint64(body + 40, true) : 0n,
    path: text(view, body + 64, end),
  };
}

function misc(view: DataView, at: number): number {
  return view.getUint16(at + 4, true);
}

function text(view: DataView, from: number, end: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + from, end - from);
  const nul = bytes.indexOf(0);
  return decodeText(nul < 0 ? bytes : bytes.subarray(0, nul));
}
