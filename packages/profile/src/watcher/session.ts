import type { ModuleStatus, SummaryTable } from "@task-watchers/chain";
import { clockOffsets, monotonicNs } from "@task-watchers/linux";
import type { CpuProfile } from "../profile/cpu-profile.ts";
import type { Sampler } from "../sampling/sampler.ts";
import { demangleFrames } from "../symbols/demangle.ts";
import type { Frame, Symbolizer } from "../symbols/frame.ts";
import { notesAbout } from "./notes.ts";
import { DESCENT, type Machine, type ProfileOptions } from "./options.ts";
import { Recording } from "./recording.ts";
import type { SamplesRecord } from "./samples-line.ts";
import { summaryTables } from "./summary.ts";

/** The profile of one watch: while it is open, and afterwards what came of it. */
export class Session {
  readonly recording: Recording;
  readonly #sampler: Sampler;
  readonly #symbolizer: Symbolizer;
  readonly #isHost: boolean;
  readonly #startNs: bigint;
  #endNs = 0n;
  /** Functions with the names of their source; undefined before the end. */
  #frames: readonly Frame[] | undefined;
  #result: CpuProfile | undefined;

  /** @param settled told of every task with samples, when all of them are settled */
  constructor(options: ProfileOptions, machine: Machine, settled: (record: SamplesRecord) => void) {
    const { target = DESCENT, maxSamples = 1_000_000, name: _, ...sampling } = options;
    this.#symbolizer = machine.createSymbolizer();
    // The sampler tells nothing before it is there.
    let record: Recording["record"] = () => {};
    this.#sampler = machine.openSampler({ ...sampling, target, onRecord: (one) => record(one) });
    this.#sampler.unref();
    const { event, frequencyHz } = this.#sampler;
    const recording = new Recording({
      ...{ symbolizer: this.#symbolizer, maxSamples, settled },
      ...(event === "cycles" && { weightNs: 1e9 / frequencyHz }),
    });
    record = (one) => recording.record(one);
    recording.follow(this.#sampler);
    this.recording = recording;
    this.#isHost = target.kind === "host";
    this.#startNs = monotonicNs();
  }

  /** Ends sampling; what was recorded is still to be told. */
  stop(): void {
    this.#sampler.stop();
  }

  /** Tells the rest. @returns a promise of the functions' names, which may take a while */
  close(): Promise<void> {
    this.#sampler.close();
    this.recording.close();
    this.#symbolizer.close();
    this.#endNs = monotonicNs();
    return this.#name();
  }

  /** All that was sampled; undefined before the end. */
  result(): CpuProfile | undefined {
    const { store } = this.recording;
    const { event, frequencyHz } = this.#sampler;
    if (this.#frames === undefined) return undefined;
    this.#result ??= {
      ...{ startNs: this.#startNs, endNs: this.#endNs },
      wallClockOffsetNs: clockOffsets().realtimeNs,
      ...{ event, frequencyHz, frames: this.#frames, stacks: store.table.stacks },
      ...{ tasks: store.tasks, samples: store.kept.sorted(), notes: this.#notes() },
    };
    return this.#result;
  }

  counters(): ModuleStatus["counters"] {
    const { count, store, processes, waiting, others } = this.recording;
    const { tasks, sampledTasks } = count;
    const { files, filesWithoutSymbols, filesCorrupt, jitMaps } = this.#symbolizer.counters;
    return {
      ...this.#sampler.counters(),
      ...{ settled: store.count.samples, waiting, others, tasks, sampledTasks },
      addedUp: store.kept.added,
      stacksDropped: store.table.dropped,
      unresolvedFrames: store.count.unresolved,
      mappingsDropped: processes.mappingsDropped,
      looksRefused: processes.looksRefused,
      ...{ files, filesWithoutSymbols, filesCorrupt, jitMaps },
    };
  }

  status(state: ModuleStatus["state"]): ModuleStatus {
    return { state, counters: this.counters(), notes: this.#notes() };
  }

  summary(): readonly SummaryTable[] {
    const { commands, table } = this.recording.store;
    return summaryTables(commands.sorted(), this.#frames ?? table.frames, this.#notes());
  }

  async #name(): Promise<void> {
    this.#frames = await demangleFrames(this.recording.store.table.frames);
  }

  #notes(): string[] {
    const { notes: symbolNotes } = this.#symbolizer.counters;
    const [sampler, recording, isHost] = [this.#sampler, this.recording, this.#isHost];
    return notesAbout({ sampler, isHost, recording, symbolNotes, counters: sampler.counters() });
  }
}
