/** Where the CPU time of each task of a Linux host went: a module, a line of the trace, a profile. @module */
import { loadProfile } from "./watcher/shared.ts";

export { createProfile, type Profile } from "./watcher/profile.ts";
export { loadProfile, profile } from "./watcher/shared.ts";
export type { ProfileOptions, ProfileSettings } from "./watcher/options.ts";
export type { SamplerTarget } from "./sampling/options.ts";
export { PerfUnavailableError } from "@task-watchers/perf";
export type { CpuProfile, ProfiledTask, Sample, Split } from "./profile/cpu-profile.ts";
export type { Frame } from "./symbols/frame.ts";
export {
  fromSamplesLine,
  type HotFunction,
  type SamplesRecord,
  toSamplesLine,
} from "./watcher/samples-line.ts";

loadProfile();
