import type { Task } from "@task-watchers/chain";
import { clockOffsets } from "@task-watchers/linux";
import { isUnavailable, ProcReader, TICK_NS } from "@task-watchers/linux/procfs";
import type { SampleRecord } from "@task-watchers/perf";
import type { SampledProcess } from "../space/process.ts";
import type { Frame, JitProcess, Symbolizer } from "../symbols/frame.ts";
import type { Location, Locations } from "./locations.ts";
import type { StackTable } from "./stack-table.ts";

/** A stack of addresses, leaf first, as a process had it. */
export interface RawStack {
  readonly locations: readonly Location[];
  readonly stacks: ProcessStacks;
  /** Number of the stack of functions, once all of them are known. */
  stack: number | undefined;
}

/** What turns addresses into functions, for all processes. */
export interface Resolver {
  readonly symbolizer: Symbolizer;
  readonly table: StackTable;
  readonly locations: Locations;
}

/** Stacks remembered of a process; beyond, all are forgotten and begin anew. */
const MOST_STACKS = 20_000;

/** The stacks of one process. */
export class ProcessStacks {
  readonly process: SampledProcess;
  readonly #resolver: Resolver;
  readonly #raw = new Map<string, RawStack>();
  /** Places in code that was made at run time: it may be replaced at any time, so they are forgotten when they were looked up. */
  #made = new Map<bigint, Location>();
  #fresh: RawStack[] = [];
  #jit: JitProcess | undefined;

  constructor(process: SampledProcess, resolver: Resolver) {
    this.process = process;
    this.#resolver = resolver;
  }

  /** The stack of a sample, by what is mapped now. */
  intern(sample: SampleRecord): RawStack {
    const locations = this.#resolver.locations.ofSample(this.process, sample, this.#made);
    // While the process lives: later nobody can say whose map of compiled code it was.
    if (this.#made.size > 0 && this.#jit === undefined) this.#expectMap();
    let key = "";
    for (const { id } of locations) key += `${id},`;
    const known = this.#raw.get(key);
    if (known !== undefined) return known;
    const raw: RawStack = { locations, stacks: this, stack: undefined };
    if (this.#raw.size >= MOST_STACKS) this.#raw.clear();
    this.#raw.set(key, raw);
    this.#fresh.push(raw);
    return raw;
  }

  /**
   * Finds the functions of stacks that are new, until the time is up: while the process lives its files can be had, and its
   * map of compiled code is that of the moment.
   *
   * @param deadlineMs by `performance.now()`
   * @returns false when the time was up
   */
  resolveFresh(deadlineMs: number): boolean {
    if (this.#fresh.length === 0) return true;
    if (this.#made.size > 0 && this.#jit !== undefined) {
      this.#resolver.symbolizer.readJitMap(this.#jit);
    }
    while (this.#fresh.length > 0) {
      if (performance.now() > deadlineMs) return false;
      const raw = this.#fresh.pop();
      if (raw !== undefined) this.#find(raw, false);
    }
    if (this.#made.size > 0) {
      this.#made = new Map();
      this.#raw.clear();
    }
    return true;
  }

  /** The process ends: a last look at its map of compiled code. */
  end({ startNs, ids }: Task): void {
    const { tgid } = this.process;
    // It was gone before its first sample was told; what the chain knows of it has to do.
    if (this.#made.size > 0 && ids !== undefined) {
      this.#jit ??= { tgid, nsPid: tgid, startedMs: wallClockMs(startNs), uid: ids.ruid };
    }
    if (this.#jit !== undefined) this.#resolver.symbolizer.readJitMap(this.#jit);
  }

  /** The functions of a stack; what is not known now never will be. */
  resolve(raw: RawStack): number {
    return raw.stack ?? this.#find(raw, true) ?? 0;
  }

  #expectMap(): void {
    this.#jit = jitProcessOf(this.process.tgid);
    if (this.#jit !== undefined) this.#resolver.symbolizer.holdJitMap(this.#jit);
  }

  #find(raw: RawStack, isFinal: boolean): number | undefined {
    const frames: number[] = [];
    for (const location of raw.locations) {
      location.frame ??= this.#frame(location, isFinal);
      if (location.frame === undefined) return undefined;
      frames.push(location.frame);
    }
    raw.stack = this.#resolver.table.stack(frames.toReversed());
    return raw.stack;
  }

  #frame({ place, address }: Location, isFinal: boolean): number | undefined {
    const { symbolizer, table } = this.#resolver;
    switch (place.kind) {
      case "file": {
        const { path, major, minor, inode } = place.mapping;
        const file = { path, major, minor, inode, tgid: this.process.tgid };
        return table.frame(symbolizer.inFile(file, place.offset));
      }
      case "vdso":
        return table.frame(symbolizer.inVdso(place.offset));
      case "kernel":
        return table.frame(symbolizer.inKernel(address));
      case "anonymous": {
        const found = this.#jit && symbolizer.inJit(this.#jit, address);
        if (found === undefined && !isFinal) return undefined;
        return table.frame(found ?? ANONYMOUS);
      }
      default:
        return table.frame(UNKNOWN);
    }
  }
}

const ANONYMOUS: Frame = { name: "[jit]", module: "[jit]", kind: "jit", resolved: false };
const UNKNOWN: Frame = {
  name: "[unknown]",
  module: "[unknown]",
  kind: "unknown",
  resolved: false,
};

const proc = new ProcReader();

/** Undefined when the process is gone. */
function jitProcessOf(tgid: number): JitProcess | undefined {
  const [stat, status] = [proc.stat(tgid), proc.status(tgid)];
  if (isUnavailable(stat) || isUnavailable(status)) return undefined;
  return {
    tgid,
    nsPid: status.nsPids?.at(-1) ?? tgid,
    startedMs: wallClockMs(BigInt(stat.startTicks) * TICK_NS - clockOffsets().boottimeNs),
    uid: status.uid.real,
  };
}

/** @param timeNs CLOCK_MONOTONIC, nanoseconds */
function wallClockMs(timeNs: bigint): number {
  return Number((timeNs + clockOffsets().realtimeNs) / 1_000_000n);
}
