import type { Task, TraceLine } from "@task-watchers/chain";
import type { SamplerOptions } from "../sampling/options.ts";
import type { PerfRecord, SampleRecord } from "@task-watchers/perf";
import type { Sampler, SamplerCounters } from "../sampling/sampler.ts";
import type { Frame, Symbolizer } from "../symbols/frame.ts";
import { fromSamplesLine, type SamplesRecord } from "./samples-line.ts";
import type { Machine } from "./options.ts";

const NO_COUNT: SamplerCounters = {
  ...{ samples: 0, records: 0, lost: 0, throttled: 0 },
  ...{ unknown: 0, malformed: 0, resyncs: 0, late: 0 },
};

/** A sampler that tells what the test has put into it, and a symbolizer that makes names of addresses. */
export class FakeMachine implements Machine {
  readonly lines: TraceLine[] = [];
  /** Processes the symbolizer was told to forget. */
  readonly forgotten: number[] = [];
  options: SamplerOptions | undefined;
  counters: SamplerCounters = NO_COUNT;
  #queued: PerfRecord[] = [];
  isClosed = false;

  /** What a watch is for a module. */
  readonly watch = {
    tasks: (): Task[] => [],
    writeLine: (line: TraceLine): void => void this.lines.push(line),
  };

  /** Records that the rings have; they are told at the next look. */
  queue(...records: PerfRecord[]): void {
    this.#queued.push(...records);
  }

  get records(): SamplesRecord[] {
    return this.lines.map(fromSamplesLine).filter((record) => record !== undefined);
  }

  readonly openSampler = (options: SamplerOptions): Sampler => {
    this.options = options;
    const drain = (untilNs = 2n ** 64n): void => {
      const ready = this.#queued.filter(({ timeNs }) => timeNs <= untilNs);
      this.#queued = this.#queued.filter(({ timeNs }) => timeNs > untilNs);
      for (const record of ready) options.onRecord(record);
    };
    const close = (): void => {
      drain();
      this.isClosed = true;
    };
    return {
      ...{ event: "cpu-clock", frequencyHz: 100, hasKernel: true, ringPages: 1, cpus: [0] },
      ...{ notes: ["a note of the sampler"], counters: () => this.counters },
      ...{ drain, close, stop: () => {}, [Symbol.dispose]: close, ref: () => {}, unref: () => {} },
    };
  };

  readonly createSymbolizer = (): Symbolizer => {
    const frame = (name: string, module: string, kind: Frame["kind"], resolved = true): Frame => {
      return { name, module, kind, resolved };
    };
    const counters = { files: 0, filesWithoutSymbols: 0, filesCorrupt: 0 };
    return {
      inFile: ({ path }, offset) => frame(`f${offset}`, path, "user", offset < 0x900n),
      inKernel: (address) => frame(`k${address & 0xfffn}`, "[kernel]", "kernel"),
      inVdso: (offset) => frame(`v${offset}`, "[vdso]", "vdso"),
      inJit: () => undefined,
      holdJitMap: () => {},
      readJitMap: () => {},
      close: () => {},
      forget: (tgid) => void this.forgotten.push(tgid),
      counters: { ...counters, jitMaps: 0, jitLinesMalformed: 0, notes: ["a note on symbols"] },
    };
  };
}

/** A sample of a stack in user space, leaf first, of a thread with a process (default: its own). */
export function sampleAt(
  timeNs: bigint,
  tid: number,
  ips: readonly bigint[],
  tgid = tid,
): SampleRecord {
  return {
    ...{ type: "sample", event: 1n, pid: tgid, tid, timeNs, cpu: 0, period: 10_000_000 },
    ...{ mode: "user", ip: ips[0] ?? 0n },
    chain: BigUint64Array.of(0xffff_ffff_ffff_fe00n, ...ips),
  };
}

/** An exec by name, with its program mapped from 0x10000 on. */
export function execAt(timeNs: bigint, pid: number, comm: string): PerfRecord[] {
  const who = { pid, tid: pid, timeNs };
  const file = { start: 0x10000n, end: 0x20000n, offset: 0n, major: 1, minor: 0, inode: 1n };
  return [
    { type: "comm", ...who, comm, isExec: true },
    { type: "map", ...who, ...file, path: `/bin/${comm}` },
  ];
}

/** A task that began at a time; a thread when it has a process. */
export function fakeTask(pid: number, startNs: bigint, tgid = pid): Task {
  return { id: `${pid}.${startNs / 10_000_000n}`, pid, tgid, ppid: 1, startNs };
}
