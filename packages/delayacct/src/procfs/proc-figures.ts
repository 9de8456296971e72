import { isUnavailable, TICK_NS, type Unavailable } from "@task-watchers/linux/procfs";
import type { Figures } from "../watcher/figures.ts";

/** What `stat` says of a thread or a process, as far as it is used here. */
export interface StatFigures {
  /** One letter; Z for one that has ended. */
  readonly state: string;
  /** Ticks of 1/100 s since boot. */
  readonly startTicks: number;
  readonly numThreads: number;
  readonly figures: Figures;
}

/** Field 42, the wait for block I/O, is that of the thread; the rest is the process's in the process's file. */
const BLKIO_FIELD = 42;

/** /proc/PID/stat or /proc/PID/task/TID/stat (man 5 proc_pid_stat). */
export function parseStatFigures(text: string | Unavailable): StatFigures | Unavailable {
  if (isUnavailable(text)) return text;
  // The name may hold anything, a closing parenthesis included: the last one ends it.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (number: number): number => Number(fields[number - 3]);
  const ticks = (number: number): bigint => BigInt(field(number)) * TICK_NS;
  if (fields.length < 22 || !Number.isInteger(field(22))) return { missing: "malformed" };
  return {
    state: fields[0] ?? "?",
    startTicks: field(22),
    numThreads: field(20),
    figures: {
      userNs: ticks(14),
      systemNs: ticks(15),
      minorFaults: BigInt(field(10)),
      majorFaults: BigInt(field(12)),
      ...(fields.length > BLKIO_FIELD - 3 && { blkioNs: ticks(BLKIO_FIELD) }),
    },
  };
}

/** /proc/PID/task/TID/schedstat: time on a CPU and time waiting for one, nanoseconds. */
export function parseSchedstat(text: string | Unavailable): Figures | Unavailable {
  if (isUnavailable(text)) return text;
  const [, onCpu, waitCpu] = /^(\d+) (\d+) \d+/u.exec(text) ?? [];
  if (onCpu === undefined || waitCpu === undefined) return { missing: "malformed" };
  return { onCpuNs: BigInt(onCpu), waitCpuNs: BigInt(waitCpu) };
}

/** /proc/PID/io, of the whole process (man 5 proc_pid_io). Another user's needs CAP_SYS_PTRACE. */
export function parseIo(text: string | Unavailable): Figures | Unavailable {
  if (isUnavailable(text)) return text;
  const value = (name: string): bigint => numberOf(text, name) ?? 0n;
  const [written, cancelled] = [value("write_bytes"), value("cancelled_write_bytes")];
  return {
    readBytes: value("read_bytes"),
    writtenBytes: written > cancelled ? written - cancelled : 0n,
  };
}

/** /proc/PID/status: peak memory, which one that has ended has no more, and the thread's switches. */
export function parseStatusFigures(text: string | Unavailable): Figures | Unavailable {
  if (isUnavailable(text)) return text;
  const peakKiB = numberOf(text, "VmHWM");
  const voluntary = numberOf(text, "voluntary_ctxt_switches");
  const involuntary = numberOf(text, "nonvoluntary_ctxt_switches");
  return {
    ...(peakKiB !== undefined && { peakRssBytes: peakKiB * 1024n }),
    ...(voluntary !== undefined && { voluntarySwitches: voluntary }),
    ...(involuntary !== undefined && { involuntarySwitches: involuntary }),
  };
}

function numberOf(text: string, name: string): bigint | undefined {
  const digits = new RegExp(`^${name}:\\s*(\\d+)`, "mu").exec(text)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}
