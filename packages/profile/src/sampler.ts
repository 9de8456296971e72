/** Samples of perf events, without the chain: rings, records, and what is mapped where. @module */
export { openSampler } from "./sampling/open-sampler.ts";
export type { Sampler, SamplerCounters } from "./sampling/sampler.ts";
export type { SamplerOptions, SamplerTarget } from "./sampling/options.ts";
export type { SampledEvent } from "@task-watchers/perf";
export { PerfUnavailableError } from "@task-watchers/perf";
export type {
  CommRecord,
  LifeRecord,
  LostRecord,
  MapRecord,
  PerfRecord,
  SampleRecord,
  ThrottleRecord,
} from "@task-watchers/perf";
export { Processes } from "./space/processes.ts";
export { type Program, SampledProcess } from "./space/process.ts";
export { AddressSpace, type Place } from "./space/address-space.ts";
export type { Mapping, MappingKind } from "./space/mapping.ts";
export { demangleFrames, type DemangleOptions } from "./symbols/demangle.ts";
export { createSymbolizer } from "./symbols/symbolizer.ts";
export type { Frame, JitProcess, MappedFile, Symbolizer } from "./symbols/frame.ts";
