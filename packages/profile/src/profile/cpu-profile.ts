import type { Frame } from "../symbols/frame.ts";

/** A task that has samples. */
export interface ProfiledTask {
  /** Stable identity, the task's `id` on the chain. */
  readonly id: string;
  readonly pid: number;
  readonly tgid: number;
  /** The program it ran last, by its first argument or its name: what samples are grouped by. Text of another process. */
  readonly command: string;
}

/** A moment at which a task was found on a CPU. */
export interface Sample {
  /** Index into `tasks`. */
  readonly task: number;
  /** Index into `stacks`. */
  readonly stack: number;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly timeNs: bigint;
  readonly cpu: number;
  /** CPU time it stands for, nanoseconds. */
  readonly weightNs: number;
}

/** Everything that was sampled, ready to be written in any format. Plain data. */
export interface CpuProfile {
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** CLOCK_REALTIME less CLOCK_MONOTONIC, nanoseconds. */
  readonly wallClockOffsetNs: bigint;
  readonly event: "cpu-clock" | "cycles";
  readonly frequencyHz: number;
  readonly frames: readonly Frame[];
  /** Each a list of indices into `frames`, root first. */
  readonly stacks: readonly (readonly number[])[];
  readonly tasks: readonly ProfiledTask[];
  /** In order of time. */
  readonly samples: readonly Sample[];
  /** What is known to be missing: sentences for the user. */
  readonly notes: readonly string[];
}

/** How a profile is divided: all in one, a part for each command, or one for each task. */
export type Split = "merged" | "command" | "task";
