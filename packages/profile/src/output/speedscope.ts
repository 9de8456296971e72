import type { CpuProfile, Split } from "../profile/cpu-profile.ts";
import { VERSION } from "../version.ts";
import { type ProfilePart, partsOf } from "./parts.ts";

/** How a profile is divided. */
export interface SpeedscopeOptions {
  /** A profile for each task, each command, or (default) one for all. */
  readonly split?: Split;
  /** Title (default `task-watchers`). */
  readonly name?: string;
}

/** A frame, as the format has it. */
interface SpeedscopeFrame {
  readonly name: string;
  readonly file: string;
  readonly line?: number;
  readonly col?: number;
}

/**
 * A file for speedscope.app: sampled profiles in order of time, weights in nanoseconds of CPU time. Time that a task was not
 * on a CPU takes no room. Names are as they were, in JSON's escapes.
 */
export function toSpeedscope(profile: CpuProfile, options: SpeedscopeOptions = {}): string {
  const { split = "merged", name = "task-watchers" } = options;
  const parts = partsOf(profile, split);
  // The format wants a profile; its reader refuses a file without one.
  const empty = { name: "no samples", tasks: [], samples: [] };
  return JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    exporter: `task-watchers ${VERSION}`,
    name,
    activeProfileIndex: 0,
    shared: { frames: frames(profile) },
    profiles: (parts.length === 0 ? [empty] : parts).map((part) => sampled(profile, part)),
  });
}

function frames(profile: CpuProfile): SpeedscopeFrame[] {
  const known = profile.frames.map(({ name, module, file, line, column }) => ({
    name: name === "" ? "[unknown]" : name,
    file: file ?? module,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { col: column }),
  }));
  // The one after the last stands for a stack without frames.
  return [...known, { name: "[unknown]", file: "[unknown]" }];
}

function sampled(profile: CpuProfile, { name, samples }: ProfilePart): object {
  const stacks: (readonly number[])[] = [];
  const weights: number[] = [];
  let last = -1;
  for (const { stack, weightNs } of samples) {
    if (stack === last) {
      weights[weights.length - 1] = (weights.at(-1) ?? 0) + weightNs;
      continue;
    }
    const indices = profile.stacks[stack] ?? [];
    stacks.push(indices.length === 0 ? [profile.frames.length] : indices);
    weights.push(weightNs);
    last = stack;
  }
  return {
    type: "sampled",
    name,
    unit: "nanoseconds",
    startValue: 0,
    endValue: weights.reduce((sum, weight) => sum + weight, 0),
    samples: stacks,
    weights,
  };
}
