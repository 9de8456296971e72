import { attributeBytes } from "./attribute-bytes.ts";
import {
  PERF_COUNT_HW_CPU_CYCLES,
  PERF_COUNT_SW_CPU_CLOCK,
  PERF_FORMAT_LOST,
  PERF_SAMPLE_CALLCHAIN,
  PERF_SAMPLE_CPU,
  PERF_SAMPLE_IDENTIFIER,
  PERF_SAMPLE_IP,
  PERF_SAMPLE_PERIOD,
  PERF_SAMPLE_TID,
  PERF_SAMPLE_TIME,
  PERF_TYPE_HARDWARE,
  PERF_TYPE_SOFTWARE,
} from "./constants.ts";

/** What ticks: the kernel's own clock of time on a CPU, or the CPU's counter of its cycles. */
export type SampledEvent = "cpu-clock" | "cycles";

/** What is asked of an event. */
export interface SamplingAttributes {
  readonly event: SampledEvent;
  /** Samples a second of CPU time. */
  readonly frequencyHz: number;
  /** Not what happens in the kernel: time there then is no one's. */
  readonly excludeKernel: boolean;
  /** Not when a CPU has nothing to do. */
  readonly excludeIdle: boolean;
  /** It is on from the next exec of the task on, instead of at once. */
  readonly enableOnExec: boolean;
  /** What the task forks or clones has it too. */
  readonly inherit: boolean;
  /** Its figures tell how many records were lost (since Linux 6.0). */
  readonly readLost: boolean;
}

/** Fields of every sample; `record.ts` reads them in the kernel's order. */
const SAMPLE_TYPE =
  PERF_SAMPLE_IDENTIFIER |
  PERF_SAMPLE_IP |
  PERF_SAMPLE_TID |
  PERF_SAMPLE_TIME |
  PERF_SAMPLE_CPU |
  PERF_SAMPLE_PERIOD |
  PERF_SAMPLE_CALLCHAIN;

/** struct perf_event_attr for sampling: stacks, with all it takes to know what was mapped and run where. */
export function encodeAttributes(attributes: SamplingAttributes): Uint8Array {
  const { event, frequencyHz, excludeKernel, excludeIdle, enableOnExec, inherit } = attributes;
  const isClock = event === "cpu-clock";
  return attributeBytes({
    type: isClock ? PERF_TYPE_SOFTWARE : PERF_TYPE_HARDWARE,
    config: isClock ? PERF_COUNT_SW_CPU_CLOCK : PERF_COUNT_HW_CPU_CYCLES,
    sampleFreq: frequencyHz,
    sampleType: SAMPLE_TYPE,
    readFormat: attributes.readLost ? PERF_FORMAT_LOST : 0,
    bits: {
      disabled: true,
      inherit,
      exclude_kernel: excludeKernel,
      exclude_hv: true,
      exclude_idle: excludeIdle,
      mmap: true,
      comm: true,
      freq: true,
      enable_on_exec: enableOnExec,
      task: true,
      sample_id_all: true,
      mmap2: true,
      comm_exec: true,
      use_clockid: true,
    },
  });
}
