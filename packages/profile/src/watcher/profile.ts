import type { ModuleStatus, SummaryTable, Watch, WatcherModule } from "@task-watchers/chain";
import type { CpuProfile } from "../profile/cpu-profile.ts";
import { openThriftySampler } from "../sampling/open-sampler.ts";
import { createSymbolizer } from "../symbols/symbolizer.ts";
import { VERSION } from "../version.ts";
import {
  checkProfileOptions,
  type Machine,
  type ProfileOptions,
  type ProfileSettings,
} from "./options.ts";
import type { Recording } from "./recording.ts";
import { SAMPLES_LINE, type SamplesRecord, toSamplesLine } from "./samples-line.ts";
import { Session } from "./session.ts";

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

const MACHINE: Machine = { openSampler: openThriftySampler, createSymbolizer };

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
    const session = new Session(this.#options, this.#machine, (record) => this.#settled(record));
    // From here on tasks are told to be over while they run: what they do then is nobody's.
    watch.signal?.addEventListener("abort", () => session.stop(), { once: true });
    this.#watch = watch;
    this.#session = session;
  }

  async close(): Promise<void> {
    let named: Promise<void> | undefined;
    try {
      named = this.#session?.close();
    } finally {
      this.#watch = undefined;
    }
    await named;
  }

  result(): CpuProfile | undefined {
    return this.#session?.result();
  }

  status(): ModuleStatus {
    const state = this.#watch === undefined ? "loaded" : "open";
    return this.#session?.status(state) ?? { state, counters: {}, notes: [] };
  }

  summary(): readonly SummaryTable[] {
    return this.#session?.summary() ?? [];
  }

  get #recording(): Recording | undefined {
    return this.#watch === undefined ? undefined : this.#session?.recording;
  }

  #settled(record: SamplesRecord): void {
    if (this.#watch?.hasTrace !== false) this.#watch?.writeLine(toSamplesLine(record));
  }
}
