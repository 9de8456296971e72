/** Perf events: what is asked of them, their rings, their records. Any user, as far as the kernel's settings allow. @module */
export { openAnchors } from "./anchor.ts";
export { encodeAttributes, type SampledEvent, type SamplingAttributes } from "./attributes.ts";
export { openTaskRecords, TaskRecords, type TaskRecordsOptions } from "./task-records.ts";
export { CpuEvents } from "./cpu-events.ts";
export { mapRings } from "./map-rings.ts";
export { type RawRecordSink, Ring } from "./ring.ts";
export { parseRecord } from "./parse-record.ts";
export type {
  CommRecord,
  LifeRecord,
  LostRecord,
  MapRecord,
  PerfRecord,
  RecordBase,
  SampleRecord,
  ThrottleRecord,
} from "./record.ts";
export { RecordMerge, type Timed } from "./merge.ts";
export { kernelSetting, onlineCpus, parseCpus } from "./machine-limits.ts";
export { PerfUnavailableError } from "./unavailable.ts";
export { PERF_CONTEXT_KERNEL, PERF_CONTEXT_MAX, PERF_CONTEXT_USER } from "./constants.ts";
