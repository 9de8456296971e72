import { type FileDescriptor, openPerfEvent, SyscallError } from "@task-watchers/linux";
import { ProcReader } from "@task-watchers/linux/procfs";
import {
  CpuEvents,
  mapRings,
  onlineCpus,
  openAnchors,
  PerfUnavailableError,
} from "@task-watchers/perf";
import type { SamplerOptions } from "./options.ts";
import { strangers, withDescent } from "./process-threads.ts";
import { explainRefusal } from "./refusal.ts";
import { attributesOf, chooseVariant, type Variant } from "./variant.ts";

/** What was opened. */
export interface OpenedCpus {
  readonly cpus: readonly CpuEvents[];
  /** Hold the events of the thread that starts what is sampled to that thread; to be closed with them. */
  readonly anchors: readonly FileDescriptor[];
  readonly variant: Variant;
  readonly ringPages: number;
}

/** Times a process tree is looked through for threads that were not there the time before. */
const SCANS = 20;

/**
 * Opens an event and a ring for every CPU that runs, and an event for every thread.
 *
 * @throws PerfUnavailableError with the reason and the remedy
 */
export function openCpus(options: SamplerOptions, proc: ProcReader = new ProcReader()): OpenedCpus {
  const { target } = options;
  const tids = target.kind === "pids" ? threadsOf(proc, target.pids) : undefined;
  const first = target.kind === "host" ? -1 : (tids?.[0] ?? 0);
  const cpuNumbers = onlineCpus();
  const variant = chooseVariant(options, { pid: first, cpu: cpuNumbers[0] ?? 0 });
  const attributes = attributesOf(variant, target.kind, options.frequencyHz ?? 99);
  const cpus: CpuEvents[] = [];
  let anchors: readonly FileDescriptor[] = [];
  try {
    if (target.kind === "descent") anchors = openAnchors(0);
    for (const cpu of cpuNumbers) {
      const event = openUnlessGone(attributes, { pid: first, cpu }, "ENODEV");
      if (event !== undefined) cpus.push(new CpuEvents(cpu, event));
    }
    const ringPages = mapRings(cpus, options.ringPages ?? 128);
    if (target.kind === "pids") {
      const opened = new Set([first]);
      openThreads({ cpus, attributes, proc, pids: target.pids, opened });
    }
    if (target.kind !== "descent") for (const cpu of cpus) cpu.enable();
    return { cpus, anchors, variant, ringPages };
  } catch (error) {
    for (const anchor of anchors) anchor.close();
    for (const cpu of cpus) cpu.close();
    const isKernelWanted = options.kernelStacks === true;
    throw explainRefusal(error, { target: target.kind, isKernelWanted });
  }
}

function threadsOf(proc: ProcReader, pids: readonly number[]): number[] {
  const threads = pids.flatMap((pid) => proc.threads(pid));
  const gone = strangers(proc, pids)[0] ?? (threads.length === 0 ? pids[0] : undefined);
  if (gone === undefined) return threads;
  const remedy = "name processes that run, by the id of their first thread";
  throw new PerfUnavailableError("ESRCH", `no process has pid ${gone}`, remedy);
}

interface ThreadSearch {
  readonly cpus: readonly CpuEvents[];
  readonly attributes: Uint8Array;
  readonly proc: ProcReader;
  readonly pids: readonly number[];
  readonly opened: Set<number>;
}

/**
 * What a thread clones after its event was opened inherits it; so once a look finds nobody new, all are covered. Those cloned
 * meanwhile may have both, on some CPUs or all: see `Duplicates`.
 */
function openThreads({ cpus, attributes, proc, pids, opened }: ThreadSearch): void {
  for (let scan = 0; scan < SCANS; scan++) {
    const found = withDescent(proc, pids).flatMap((pid) => proc.threads(pid));
    const fresh = found.filter((tid) => !opened.has(tid));
    if (fresh.length === 0) return;
    for (const tid of fresh) {
      opened.add(tid);
      for (const sampling of cpus) {
        const event = openUnlessGone(attributes, { pid: tid, cpu: sampling.cpu }, "ESRCH");
        if (event !== undefined) sampling.add(event);
      }
    }
  }
}

function openUnlessGone(
  attributes: Uint8Array,
  target: Parameters<typeof openPerfEvent>[1],
  gone: "ENODEV" | "ESRCH",
): FileDescriptor | undefined {
  try {
    return openPerfEvent(attributes, target);
  } catch (error) {
    if (error instanceof SyscallError && error.code === gone) return undefined;
    throw error;
  }
}
