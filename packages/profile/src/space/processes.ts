import type { CommRecord, LifeRecord, MapRecord, PerfRecord } from "@task-watchers/perf";
import type { Place } from "./address-space.ts";
import { LookBudget } from "./look-budget.ts";
import { mappingKind, type Mapping } from "./mapping.ts";
import { readProcMaps } from "./proc-maps.ts";
import { SampledProcess } from "./process.ts";

/** Processes that have ended and are remembered, as another thread of theirs may still run. */
const MOST_ENDED = 4096;
/** Processes known at a time; beyond, the one known longest is let go: where exits are lost there would be no end of them. */
const MOST_PROCESSES = 32_768;
/** Mappings of a process that wait until somebody asks for them. */
const MOST_WAITING = 64;
/** Time that looking mappings up may take, milliseconds of a second. */
const LOOK_BUDGET_MS = 50;

/** The processes of a sampler's records, and where their code is. */
export class Processes {
  readonly #processes = new Map<number, SampledProcess>();
  readonly #readMaps: (tgid: number) => readonly Mapping[] | undefined;
  readonly #ended = new Set<SampledProcess>();
  readonly #budget = new LookBudget(LOOK_BUDGET_MS);
  #losses = 0;
  /** Mappings that were not kept, as their process had too many. */
  mappingsDropped = 0;

  /** Times the mappings of a process could not be looked up for want of time. */
  get looksRefused(): number {
    return this.#budget.refused;
  }

  /** @param readMaps the mappings of a process now (default: by /proc) */
  constructor(readMaps: (tgid: number) => readonly Mapping[] | undefined = readProcMaps) {
    this.#readMaps = readMaps;
  }

  get size(): number {
    return this.#processes.size;
  }

  /** Takes a record that is not a sample, in order of time. */
  apply(record: PerfRecord): void {
    switch (record.type) {
      case "map":
        return this.#map(record);
      case "comm":
        return this.#comm(record);
      case "fork":
        return this.#fork(record);
      case "exit":
        return this.#exit(record);
      case "lost":
        // Among them may be what was mapped: it is looked up again.
        this.#losses++;
        return undefined;
      default:
        return undefined;
    }
  }

  /** A process that runs; it is made known when it was not. @param timeNs CLOCK_MONOTONIC, nanoseconds */
  get(tgid: number, timeNs: bigint): SampledProcess {
    const known = this.#processes.get(tgid);
    if (known !== undefined) return known;
    return this.#remember(new SampledProcess(tgid, timeNs));
  }

  /** One that is known. */
  find(tgid: number): SampledProcess | undefined {
    return this.#processes.get(tgid);
  }

  /** What an address in a process is. Looks into /proc when nothing is known of it, or something was lost. */
  place(process: SampledProcess, address: bigint): Place {
    this.#mapWaiting(process);
    this.#complete(process);
    return process.space.place(address);
  }

  /** A process is over, and nothing more will be asked of it. */
  forget(process: SampledProcess): void {
    this.#ended.delete(process);
    if (this.#processes.get(process.tgid) === process) this.#processes.delete(process.tgid);
  }

  #complete(process: SampledProcess): void {
    if (process.isComplete && process.trustedTo === this.#losses) return;
    // Of one that has ended there is nothing any more, or somebody else's.
    const look = (): readonly Mapping[] | undefined =>
      process.hasExited ? undefined : this.#readMaps(process.tgid);
    const mappings = this.#budget.look(look);
    if (mappings === "refused") return;
    process.isComplete = true;
    process.trustedTo = this.#losses;
    for (const mapping of mappings ?? []) this.#add(process, mapping);
  }

  #remember(process: SampledProcess): SampledProcess {
    const { tgid } = process;
    const before = this.#processes.get(tgid);
    if (before !== undefined) this.forget(before);
    this.#processes.set(tgid, process);
    for (const oldest of this.#processes.values()) {
      if (this.#processes.size <= MOST_PROCESSES) break;
      this.forget(oldest);
    }
    return process;
  }

  #map(record: MapRecord): void {
    const process = this.get(record.pid, record.timeNs);
    process.mapped.push(record);
    if (process.mapped.length >= MOST_WAITING) this.#mapWaiting(process);
  }

  #mapWaiting(process: SampledProcess): void {
    if (process.mapped.length === 0) return;
    for (const { start, end, offset, major, minor, inode, path } of process.mapped) {
      const mapping = { start, end, offset, major, minor, inode, path, kind: mappingKind(path) };
      this.#add(process, mapping);
    }
    process.mapped = [];
  }

  #add(process: SampledProcess, mapping: Mapping): void {
    if (!process.space.add(mapping)) this.mappingsDropped++;
  }

  #comm({ pid, timeNs, comm, isExec }: CommRecord): void {
    if (!isExec) return;
    const process = this.get(pid, timeNs);
    process.exec(timeNs, comm);
    process.trustedTo = this.#losses;
  }

  #fork({ pid, ppid, timeNs }: LifeRecord): void {
    // A thread.
    if (pid === ppid) return;
    const parent = this.get(ppid, timeNs);
    // What was lost meanwhile is looked up when there are samples: after a loss there is no time for all.
    if (!parent.isComplete) {
      this.#mapWaiting(parent);
      this.#complete(parent);
    }
    const { program, isComplete, trustedTo } = parent;
    const child = new SampledProcess(pid, timeNs, { space: parent.space.copy(), program });
    child.mapped = [...parent.mapped];
    child.isComplete = isComplete;
    child.trustedTo = trustedTo;
    this.#remember(child);
  }

  #exit({ pid, tid }: LifeRecord): void {
    const process = this.#processes.get(pid);
    if (pid !== tid || process === undefined) return;
    process.hasExited = true;
    this.#ended.add(process);
    for (const ended of this.#ended) {
      if (this.#ended.size <= MOST_ENDED) break;
      this.forget(ended);
    }
  }
}
