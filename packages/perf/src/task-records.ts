import { type FileDescriptor, openPerfEvent, SyscallError } from "@task-watchers/linux";
import { openAnchors } from "./anchor.ts";
import { CpuEvents } from "./cpu-events.ts";
import { kernelSetting, onlineCpus } from "./machine-limits.ts";
import { mapRings } from "./map-rings.ts";
import { parseRecord } from "./parse-record.ts";
import type { PerfRecord } from "./record.ts";
import { encodeTaskAttributes } from "./task-attributes.ts";
import { PerfUnavailableError } from "./unavailable.ts";

/** Whose records, and how much room they have. */
export interface TaskRecordsOptions {
  /** The thread, as gettid(2) numbers it: what it starts from now on is told of, and all that descends from that. */
  readonly threadId: number;
  /** Memory for records not read yet, pages for each CPU: a power of two (default 128). Less is taken where no more is allowed. */
  readonly ringPages?: number;
}

/**
 * Has the kernel write down the forks, execs and exits of all that a thread starts from now on. Any user, on threads of one's
 * own, while kernel.perf_event_paranoid is 2 or less; pids are as the caller's own pid namespace has them. CPUs that come online
 * later are not seen.
 *
 * @throws PerfUnavailableError `EACCES`, `EPERM`, `ENOSYS`, `ESRCH`, `EMFILE`, with the reason and the remedy
 */
export function openTaskRecords({ threadId, ringPages = 128 }: TaskRecordsOptions): TaskRecords {
  const cpus: CpuEvents[] = [];
  let anchors: readonly FileDescriptor[] = [];
  try {
    anchors = openAnchors(threadId);
    const cpuNumbers = onlineCpus();
    const readLost = countsLost({ pid: threadId, cpu: cpuNumbers[0] ?? 0 });
    const attributes = encodeTaskAttributes(readLost);
    for (const cpu of cpuNumbers) {
      const event = openUnlessOffline(attributes, { pid: threadId, cpu });
      if (event !== undefined) cpus.push(new CpuEvents(cpu, event));
    }
    return new TaskRecords({ cpus, anchors }, mapRings(cpus, ringPages), readLost);
  } catch (error) {
    for (const anchor of anchors) anchor.close();
    for (const cpu of cpus) cpu.close();
    throw explain(error);
  }
}

/** Rings with the records of tasks. */
export class TaskRecords {
  /** Pages of each ring. */
  readonly ringPages: number;
  /** Records of a kind that was not asked for, or too short for what they say they are. */
  strange = 0;
  readonly #cpus: readonly CpuEvents[];
  readonly #anchors: readonly FileDescriptor[];
  readonly #readLost: boolean;
  #told = 0;
  #lostAtEnd: number | undefined;

  /** Not for callers: `openTaskRecords()` makes it. */
  constructor({ cpus, anchors }: TaskEvents, ringPages: number, readLost: boolean) {
    this.#cpus = cpus;
    this.#anchors = anchors;
    this.ringPages = ringPages;
    this.#readLost = readLost;
  }

  /** Number of rings. */
  get rings(): number {
    return this.#cpus.length;
  }

  /** How full the fullest ring is, 0 to 1. No system call. */
  get fill(): number {
    return this.#lostAtEnd === undefined ? Math.max(0, ...this.#cpus.map(({ fill }) => fill)) : 0;
  }

  /** Records that had no room. Exact since Linux 6.0; before, those that the kernel has told of. */
  get lost(): number {
    if (this.#lostAtEnd !== undefined) return this.#lostAtEnd;
    if (!this.#readLost) return this.#told;
    return Number(this.#cpus.reduce((sum, cpu) => sum + cpu.lost(), 0n));
  }

  /** Tells all that is there, ring by ring; those of one ring in order of time. No system call. */
  read(sink: (record: PerfRecord, ring: number) => void): void {
    if (this.#lostAtEnd !== undefined) return;
    for (const [ring, cpu] of this.#cpus.entries()) {
      cpu.read((view, at, size) => {
        const record = parseRecord(view, at, size);
        if (typeof record === "string") {
          this.strange++;
          return;
        }
        if (record.type === "lost") this.#told += record.count;
        sink(record, ring);
      });
    }
  }

  /** Gives everything back; counters stay readable. Safe twice. */
  close(): void {
    this.#lostAtEnd ??= this.lost;
    for (const cpu of this.#cpus) cpu.close();
    for (const anchor of this.#anchors) anchor.close();
  }
}

/** The events of one thread. */
interface TaskEvents {
  readonly cpus: readonly CpuEvents[];
  readonly anchors: readonly FileDescriptor[];
}

type Target = Parameters<typeof openPerfEvent>[1];

/** Whether the kernel counts what is lost; before Linux 6.0 it refuses that with EINVAL. */
function countsLost(target: Target): boolean {
  try {
    openPerfEvent(encodeTaskAttributes(true), target).close();
    return true;
  } catch (error) {
    if (error instanceof SyscallError && error.code === "EINVAL") return false;
    throw error;
  }
}

function openUnlessOffline(attributes: Uint8Array, target: Target): FileDescriptor | undefined {
  try {
    return openPerfEvent(attributes, target);
  } catch (error) {
    if (error instanceof SyscallError && error.code === "ENODEV") return undefined;
    throw error;
  }
}

function explain(error: unknown): unknown {
  if (!(error instanceof SyscallError)) return error;
  const [reason, remedy] = reasonOf(error.code);
  return new PerfUnavailableError(error.code, reason, remedy, { cause: error });
}

function reasonOf(code: string): [string, string] {
  const level = kernelSetting("perf_event_paranoid");
  switch (code) {
    case "EACCES":
      return [
        `kernel.perf_event_paranoid is ${level ?? "not known"}`,
        "run with CAP_PERFMON, or sysctl kernel.perf_event_paranoid=2",
      ];
    case "EPERM":
      return level !== undefined && level > 2
        ? reasonOf("EACCES")
        : [
            "perf_event_open is forbidden, as by the seccomp filter of a container",
            "allow the call there (docker run --security-opt seccomp=…)",
          ];
    case "ENOSYS":
      return ["this kernel has no perf events", "it needs CONFIG_PERF_EVENTS"];
    case "ESRCH":
      return ["the thread has ended", "name a thread that runs"];
    case "EMFILE":
    case "ENFILE":
      return ["a descriptor is needed for each CPU", "raise RLIMIT_NOFILE (ulimit -n)"];
    default:
      return ["perf_event_open failed", "see perf_event_open(2)"];
  }
}
