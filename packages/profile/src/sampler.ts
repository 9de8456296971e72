/** Samples of perf events, without the chain: rings, records, and what is mapped where. @module */
export { openSampler } from "./perf/open-sampler.ts";
export type { Sampler, SamplerCounters } from "./perf/sampler.ts";
export type { SamplerOptions, SamplerTarget } from "./perf/options.ts";
export type { SampledEvent } from "./perf/attributes.ts";
export { PerfUnavailableError } from "./perf/unavailable.ts";
export type {
  CommRecord,
  LifeRecord,
  LostRecord,
  MapRecord,
  PerfRecord,
  SampleRecord,
  ThrottleRecord,
} from "./perf/record.ts";
export { Processes } from "./space/processes.ts";
export { type Program, SampledProcess } from "./space/process.ts";
export { AddressSpace, type Place } from "./space/address-space.ts";
export type { Mapping, MappingKind } from "./space/mapping.ts";
export { createSymbolizer } from "./symbols/symbolizer.ts";
export type { Frame, JitProcess, MappedFile, Symbolizer } from "./symbols/frame.ts";
