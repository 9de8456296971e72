import type { ModuleStatus, SummaryTable, Watch, WatcherModule } from "@task-watchers/chain";
import { clockOffsets, monotonicNs } from "@task-watchers/linux";
import { openSampler } from "../perf/open-sampler.ts";
import type { Sampler } from "../perf/sampler.ts";
import type { CpuProfile } from "../profile/cpu-profile.ts";
import type { Symbolizer } from "../symbols/frame.ts";
import { createSymbolizer } from "../symbols/symbolizer.ts";
import { VERSION } from "../version.ts";
import { notesAbout } from "./notes.ts";
import {
  checkProfileOptions,
  DESCENT,
  type Machine,
  type ProfileOptions,
  type ProfileSettings,
} from "./options.ts";
import { Recording } from "./recording.ts";
import { SAMPLES_LINE, type SamplesRecord, toSamplesLine } from "./samples-line.ts";
import { summaryTables } from "./summary.ts";

/** The watcher module of the CPU profile. */
export interface Profile extends WatcherModule {
  /**
   * Says how the next watch is profiled; what is not named stays as it was.
   *
   * @throws TypeError or RangeError on a bad option
   * @throws Error `EBUSY` while a watch is open
   */
  configure(settings: ProfileSettings): void;
  /** All that was sampled in the watch that has just ended; undefined before its end. */
  result(): CpuProfile | undefined;
  status(): ModuleStatus;
  summary(): readonly SummaryTable[];
}

const MACHINE: Machine = { openSampler, createSymbolizer };

/**
 * A module of the CPU profile, for a registry of one's own.
 *
 * @param machine where samples and names come from, for tests (default: this machine)
 * @throws TypeError or RangeError on a bad option
 */
export function createProfile(options: ProfileOptions = {}, machine: Machine = MACHINE): Profile {
  checkProfileOptions(options);
  return new ProfileModule(options, machine);
}

/** What there is while a watch is open, and afterwards until the next. */
interface Session {
  readonly recording: Recording;
  readonly sampler: Sampler;
  readonly symbolizer: Symbolizer;
  readonly isHost: boolean;
  readonly startNs: bigint;
  endNs: bigint | undefined;
  result: CpuProfile | undefined;
}

class ProfileModule implements Profile {
  readonly name: string;
  readonly version: string = VERSION;
  readonly lines: Readonly<Record<string, string>> = {
    [SAMPLES_LINE]: "At a task's end: the CPU time it was found to take, and in which functions.",
  };
  readonly watcher: WatcherModule["watcher"];
  readonly #machine: Machine;
  #options: ProfileOptions;
  #watch: Watch | undefined;
  #session: Session | undefined;

  constructor(options: ProfileOptions, machine: Machine) {
    const { name = "profile" } = options;
    this.name = name;
    this.#options = options;
    this.#machine = machine;
    this.watcher = {
      name,
      existing: true,
      init: (event, task) => this.#recording?.init(task, event),
      exec: (event, task) => this.#recording?.exec(task, event),
      exit: (event, task) => this.#recording?.end(task, event.timeNs, false),
      // Only of one that outlives the watch is there anything left.
      free: (event, task) => this.#recording?.end(task, event.timeNs, true),
    };
  }

  configure(settings: ProfileSettings): void {
    if (this.#watch !== undefined) {
      const message = `${this.name} cannot be configured while a watch is open; close it first`;
      throw Object.assign(new Error(message), { code: "EBUSY" });
    }
    const options = { ...this.#options, ...settings, name: this.name };
    checkProfileOptions(options);
    this.#options = options;
  }

  open(watch: Watch): void {
    const { target = DESCENT, maxSamples = 1_000_000, name: _, ...sampling } = this.#options;
    const symbolizer = this.#machine.createSymbolizer();
    // The sampler tells nothing before it is there.
    let record: Recording["record"] = () => {};
    const sampler = this.#machine.openSampler({
      ...sampling,
      target,
      onRecord: (one) => record(one),
    });
    sampler.unref();
    const recording = new Recording({
      symbolizer,
      maxSamples,
      ...(sampler.event === "cycles" && { weightNs: 1e9 / sampler.frequencyHz }),
      settled: (settled) => this.#settled(settled),
    });
    record = (one) => recording.record(one);
    recording.follow(sampler);
    // From here on tasks are told to be over while they run: what they do then is nobody's.
    watch.signal?.addEventListener("abort", () => sampler.stop(), { once: true });
    this.#watch = watch;
    this.#session = {
      ...{ recording, sampler, symbolizer },
      isHost: target.kind === "host",
      startNs: monotonicNs(),
      endNs: undefined,
      result: undefined,
    };
  }

  close(): void {
    const session = this.#session;
    if (session === undefined) return;
    session.sampler.close();
    session.recording.close();
    session.endNs = monotonicNs();
    this.#watch = undefined;
  }

  result(): CpuProfile | undefined {
    const session = this.#session;
    if (session?.endNs === undefined) return undefined;
    const { recording, sampler, startNs, endNs } = session;
    const { table, tasks, kept } = recording.store;
    session.result ??= {
      ...{ startNs, endNs },
      wallClockOffsetNs: clockOffsets().realtimeNs,
      event: sampler.event,
      frequencyHz: sampler.frequencyHz,
      frames: table.frames,
      stacks: table.stacks,
      tasks,
      samples: kept.sorted(),
      notes: this.#notes(session),
    };
    return session.result;
  }

  status(): ModuleStatus {
    const session = this.#session;
    const state = this.#watch === undefined ? "loaded" : "open";
    if (session === undefined) return { state, counters: {}, notes: [] };
    const { recording, sampler, symbolizer } = session;
    const { others, tasks, sampledTasks } = recording.count;
    const { count, kept } = recording.store;
    const { files, filesWithoutSymbols, filesCorrupt, jitMaps } = symbolizer.counters;
    return {
      state,
      counters: {
        ...sampler.counters(),
        ...{ settled: count.samples, waiting: recording.waiting, others, tasks, sampledTasks },
        addedUp: kept.added,
        unresolvedFrames: count.unresolved,
        mappingsDropped: recording.processes.mappingsDropped,
        looksRefused: recording.processes.looksRefused,
        ...{ files, filesWithoutSymbols, filesCorrupt, jitMaps },
      },
      notes: this.#notes(session),
    };
  }

  summary(): readonly SummaryTable[] {
    const session = this.#session;
    if (session === undefined) return [];
    const { commands, table } = session.recording.store;
    return summaryTables(commands.sorted(), table.frames, this.#notes(session));
  }

  get #recording(): Recording | undefined {
    return this.#watch === undefined ? undefined : this.#session?.recording;
  }

  #settled(record: SamplesRecord): void {
    this.#watch?.writeLine(toSamplesLine(record));
  }

  #notes({ recording, sampler, symbolizer, isHost }: Session): string[] {
    const symbolNotes = symbolizer.counters.notes;
    return notesAbout({
      ...{ sampler, isHost, recording, symbolNotes },
      counters: sampler.counters(),
    });
  }
}
