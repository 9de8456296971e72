/** CPU profiles as files: pprof, speedscope, folded stacks, trace events, a flame graph. Sees no kernel. @module */
export type { CpuProfile, ProfiledTask, Sample, Split } from "./profile/cpu-profile.ts";
export type { Frame } from "./symbols/frame.ts";
export { type FlamegraphOptions, toFlamegraphHtml } from "./output/flamegraph-html.ts";
export { type FoldedOptions, toFolded } from "./output/folded.ts";
export { toPprof } from "./output/pprof.ts";
export { type SpeedscopeOptions, toSpeedscope } from "./output/speedscope.ts";
export { toTraceEvents } from "./output/trace-events.ts";
export {
  checkOutputs,
  formatOfPath,
  type ProfileFormat,
  type ProfileOutput,
  writeOutputs,
} from "./output/write-outputs.ts";
export { hottest, type Hottest, type CommandTime, type FunctionTime } from "./report/hottest.ts";
