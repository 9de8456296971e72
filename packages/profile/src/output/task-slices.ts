import type { CpuProfile, Sample } from "../profile/cpu-profile.ts";

/** A stretch of time in which a task was found in a frame, at one depth, without a break. */
export interface Slice {
  /** Index into `frames`; −1 for a stack without frames. */
  readonly frame: number;
  /** 0 for the root. */
  readonly depth: number;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly startNs: number;
  readonly endNs: number;
  /** What its samples stand for, nanoseconds: as much as it is long, but for how exactly the timer fired. */
  readonly cpuNs: number;
  readonly samples: number;
}

interface OpenSlice {
  readonly frame: number;
  readonly startNs: number;
  cpuNs: number;
  samples: number;
}

/**
 * Makes slices of one task's samples. A sample stands for the time before it; two are taken as one stretch when the second
 * reaches back to the first, give or take half its weight.
 *
 * @param samples of one task, in order of time
 * @returns slices that nest and never overlap otherwise, outer before inner, in order of their start
 */
export function slicesOf(profile: CpuProfile, samples: readonly Sample[]): Slice[] {
  const slices: Slice[] = [];
  const open: OpenSlice[] = [];
  let reached = -Infinity;
  const closeFrom = (depth: number): void => {
    for (let i = open.length - 1; i >= depth; i--) {
      const slice = open.pop();
      if (slice !== undefined) slices.push({ ...slice, depth: i, endNs: reached });
    }
  };
  for (const { stack, timeNs, weightNs } of samples) {
    const time = Number(timeNs);
    const follows = time - weightNs <= reached + weightNs / 2;
    const from = follows ? reached : time - weightNs;
    const frames = profile.stacks[stack] ?? [];
    const path = frames.length === 0 ? [-1] : frames;
    const common = path.findIndex((frame, i) => open[i]?.frame !== frame);
    closeFrom(follows ? (common < 0 ? path.length : common) : 0);
    for (const frame of path.slice(open.length))
      open.push({ frame, startNs: from, cpuNs: 0, samples: 0 });
    for (const slice of open) {
      slice.cpuNs += weightNs;
      slice.samples++;
    }
    reached = Math.max(from, time);
  }
  closeFrom(0);
  return slices.sort((a, b) => a.startNs - b.startNs || a.depth - b.depth);
}
