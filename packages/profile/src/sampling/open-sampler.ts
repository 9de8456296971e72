import { monotonicNs } from "@task-watchers/linux";
import {
  kernelSetting,
  parseRecord,
  type PerfRecord,
  RecordMerge,
  type SampledEvent,
} from "@task-watchers/perf";
import { Duplicates } from "./duplicates.ts";
import { type OpenedCpus, openCpus } from "./open-cpus.ts";
import { checkSamplerOptions, type SamplerOptions } from "./options.ts";
import type { Sampler, SamplerCounters } from "./sampler.ts";
import { notesAbout } from "./sampler-notes.ts";
import { MapStore } from "./stored-map.ts";

/** The shortest time between two looks at the rings, milliseconds. */
const LEAST_INTERVAL_MS = 2;

/**
 * Samples where tasks are on CPUs. Keeps the process alive until `unref` or `close`. CPUs that come online later are not seen.
 *
 * @throws TypeError or RangeError on a bad option, or on a frequency above kernel.perf_event_max_sample_rate
 * @throws PerfUnavailableError when the kernel does not let us, with the reason and the remedy
 */
export function openSampler(options: SamplerOptions): Sampler {
  return openRings(options, undefined);
}

/** As `openSampler`, but records of mappings are decoded when they are looked at: their fields are no properties of their own. */
export function openThriftySampler(options: SamplerOptions): Sampler {
  return openRings(options, new MapStore());
}

function openRings(options: SamplerOptions, maps: MapStore | undefined): Sampler {
  checkSamplerOptions(options);
  if (typeof options.onRecord !== "function") {
    throw new TypeError(`onRecord must be a function, got ${String(options.onRecord)}`);
  }
  const { frequencyHz = 99 } = options;
  const most = kernelSetting("perf_event_max_sample_rate");
  if (most !== undefined && frequencyHz > most) {
    throw new RangeError(
      `frequencyHz is ${frequencyHz}, and kernel.perf_event_max_sample_rate allows ${most} at most`,
    );
  }
  return new RingSampler(options, openCpus(options), maps);
}

class RingSampler implements Sampler {
  readonly event: SampledEvent;
  readonly frequencyHz: number;
  readonly hasKernel: boolean;
  readonly ringPages: number;
  readonly cpus: readonly number[];
  readonly notes: readonly string[];
  readonly #opened: OpenedCpus;
  readonly #merge: RecordMerge;
  readonly #duplicates: Duplicates | undefined;
  readonly #maps: MapStore | undefined;
  readonly #intervalMs: number;
  readonly #onRecord: (record: PerfRecord) => void;
  #timer: NodeJS.Timeout | undefined;
  #isRef = true;
  /** The one that is being read. */
  #ring = 0;
  /** When the rings were looked at last. */
  #previousNs = 0n;
  #count = { samples: 0, records: 0, throttled: 0, unknown: 0, malformed: 0 };
  #lostByRecords = 0;
  #lostSamples = 0;
  #lostAtEnd: number | undefined;
  #resyncsAtEnd: number | undefined;
  #nextMs: number;

  constructor(options: SamplerOptions, opened: OpenedCpus, maps: MapStore | undefined) {
    const { frequencyHz = 99, intervalMs = 100 } = options;
    this.#opened = opened;
    this.#maps = maps;
    this.#onRecord = options.onRecord;
    this.#intervalMs = intervalMs;
    this.#nextMs = intervalMs;
    this.event = opened.variant.event;
    this.hasKernel = !opened.variant.excludeKernel;
    this.frequencyHz = frequencyHz;
    this.ringPages = opened.ringPages;
    this.cpus = opened.cpus.map(({ cpu }) => cpu);
    this.notes = notesAbout(options, opened);
    this.#merge = new RecordMerge((record) => this.#told(record));
    this.#duplicates = options.target.kind === "pids" ? new Duplicates() : undefined;
    this.#schedule();
  }

  counters(): SamplerCounters {
    const { late } = this.#merge;
    const { cpus } = this.#opened;
    const resyncs = cpus.reduce((sum, cpu) => sum + cpu.resyncs, 0);
    return { ...this.#count, lost: this.#lost(), resyncs: this.#resyncsAtEnd ?? resyncs, late };
  }

  drain(untilNs?: bigint): void {
    const startNs = monotonicNs();
    this.#read();
    if (untilNs === undefined) {
      // A record is stamped a moment before its ring shows it: the second look finds what was in the making at the first.
      this.#read();
      this.#merge.tellUntil(startNs);
      return;
    }
    const certainNs = this.#previousNs;
    this.#merge.tellUntil(untilNs > certainNs ? untilNs : certainNs);
  }

  stop(): void {
    if (this.#lostAtEnd !== undefined) return;
    for (const cpu of this.#opened.cpus) cpu.disable();
  }

  close(): void {
    if (this.#lostAtEnd !== undefined) return;
    clearTimeout(this.#timer);
    const { cpus, anchors } = this.#opened;
    this.stop();
    try {
      this.#read();
      this.#merge.tellUntil(NEVER);
    } finally {
      this.#resyncsAtEnd = cpus.reduce((sum, cpu) => sum + cpu.resyncs, 0);
      this.#lostAtEnd = this.#lost();
      for (const cpu of cpus) cpu.close();
      for (const anchor of anchors) anchor.close();
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  ref(): void {
    this.#isRef = true;
    this.#timer?.ref();
  }

  unref(): void {
    this.#isRef = false;
    this.#timer?.unref();
  }

  #schedule(): void {
    this.#timer = setTimeout(() => this.#round(), this.#nextMs);
    if (!this.#isRef) this.#timer.unref();
  }

  #round(): void {
    const fill = Math.max(0, ...this.#opened.cpus.map((cpu) => cpu.fill));
    if (fill > 0.5) this.#nextMs = Math.max(LEAST_INTERVAL_MS, this.#nextMs / 4);
    else if (fill < 0.2) this.#nextMs = Math.min(this.#intervalMs, this.#nextMs * 2);
    this.#schedule();
    const startNs = monotonicNs();
    this.#read();
    this.#merge.tellUntil(this.#previousNs);
    this.#previousNs = startNs;
  }

  #read(): void {
    for (const [ring, cpu] of this.#opened.cpus.entries()) {
      this.#ring = ring;
      cpu.read(this.#sink);
    }
  }

  readonly #sink = (view: DataView, at: number, size: number): void => {
    const record = this.#maps?.keep(view, at, size) ?? parseRecord(view, at, size);
    if (record === "unknown") this.#count.unknown++;
    else if (record === "malformed") this.#count.malformed++;
    else this.#merge.add(record, this.#ring);
  };

  #told(record: PerfRecord): void {
    if (this.#duplicates?.has(record) === true) return;
    this.#count.records++;
    if (record.type === "sample") this.#count.samples++;
    else if (record.type === "throttle") this.#count.throttled++;
    else if (record.type === "lost") {
      if (record.of === "records") this.#lostByRecords += record.count;
      else this.#lostSamples += record.count;
    }
    this.#onRecord(record);
  }

  /** The events' own count is always up to date; a record of a loss waits for room in its ring. */
  #lost(): number {
    if (this.#lostAtEnd !== undefined) return this.#lostAtEnd;
    const { variant, cpus } = this.#opened;
    const records = variant.readLost
      ? Number(cpus.reduce((sum, cpu) => sum + cpu.lost(), 0n))
      : this.#lostByRecords;
    return records + this.#lostSamples;
  }
}

/** Later than anything. */
const NEVER = 0xffff_ffff_ffff_ffffn;
