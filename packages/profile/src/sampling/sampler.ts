import type { SampledEvent } from "@task-watchers/perf";

/** What a sampler has seen. All only grow. */
export interface SamplerCounters {
  readonly samples: number;
  /** Records of all kinds that were told. */
  readonly records: number;
  /** Records, samples or others, that had no room in a ring. */
  readonly lost: number;
  /** Times the kernel stopped an event for a while, as sampling took too much time. */
  readonly throttled: number;
  /** Records of kinds that this package does not know. */
  readonly unknown: number;
  /** Records too short for what they say they are. */
  readonly malformed: number;
  /** Times a ring made no sense, and what was in it was skipped. */
  readonly resyncs: number;
  /** Records told after younger ones. */
  readonly late: number;
}

/** Samples as they come. */
export interface Sampler {
  readonly event: SampledEvent;
  readonly frequencyHz: number;
  /** Whether there are samples in the kernel. */
  readonly hasKernel: boolean;
  /** Pages of each ring. */
  readonly ringPages: number;
  /** CPUs that are sampled: those that were online. */
  readonly cpus: readonly number[];
  /** Sentences for the user: what is not as it was asked for. */
  readonly notes: readonly string[];
  counters(): SamplerCounters;
  /**
   * Tells what has been recorded so far. No system call, and cheap when there is nothing.
   *
   * @param untilNs CLOCK_MONOTONIC, nanoseconds: what is not younger is told in any case (default: all made before the call)
   */
  drain(untilNs?: bigint): void;
  /** Ends sampling; what was recorded is still to be drained. */
  stop(): void;
  /** Ends sampling, tells the rest, gives everything back. Safe twice; counters stay readable. */
  close(): void;
  [Symbol.dispose](): void;
  ref(): void;
  unref(): void;
}
