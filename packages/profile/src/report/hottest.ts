import type { CpuProfile } from "../profile/cpu-profile.ts";
import { functionKey, functionOf } from "../profile/function-of.ts";
import { commandName, stackWeights } from "../output/parts.ts";
import type { Frame } from "../symbols/frame.ts";

/** What a command took. */
export interface CommandTime {
  /** Text of another process. */
  readonly command: string;
  readonly cpuNs: number;
  readonly samples: number;
  /** Tasks of it that have samples. */
  readonly tasks: number;
}

/** What a function took, over all of the profile. */
export interface FunctionTime {
  readonly frame: Frame;
  /** In the function itself, nanoseconds. */
  readonly selfNs: number;
  /** In it and all that it called, nanoseconds; counted once where it calls itself. */
  readonly totalNs: number;
}

/** Where the CPU time went, most first. */
export interface Hottest {
  readonly cpuNs: number;
  readonly samples: number;
  readonly commands: readonly CommandTime[];
  /** By their own time, then by total. */
  readonly functions: readonly FunctionTime[];
}

/**
 * Adds a profile up by command and by function. Frames of one name, module and source are one function, and so are all addresses
 * of a file that have no symbol.
 */
export function hottest(profile: CpuProfile): Hottest {
  const commands = new Map<string, { cpuNs: number; samples: number; tasks: Set<number> }>();
  const functions = new Map<string, { frame: Frame; selfNs: number; totalNs: number }>();
  const frames = profile.frames.map(functionOf);
  const keys = frames.map(functionKey);
  let [cpuNs, samples] = [0, 0];
  for (const weight of stackWeights(profile.samples)) {
    const task = profile.tasks[weight.task];
    const command = task === undefined ? "[unknown]" : commandName(task);
    const spent = commands.get(command) ?? { cpuNs: 0, samples: 0, tasks: new Set() };
    commands.set(command, spent);
    spent.cpuNs += weight.weightNs;
    spent.samples += weight.samples;
    spent.tasks.add(weight.task);
    cpuNs += weight.weightNs;
    samples += weight.samples;
    const stack = profile.stacks[weight.stack] ?? [];
    const leaf = keys[stack.at(-1) ?? -1];
    const inStack = new Map(stack.map((frame) => [keys[frame] ?? "", frames[frame]]));
    for (const [key, frame] of inStack) {
      if (frame === undefined) continue;
      const known = functions.get(key) ?? { frame, selfNs: 0, totalNs: 0 };
      functions.set(key, known);
      known.totalNs += weight.weightNs;
      if (key === leaf) known.selfNs += weight.weightNs;
    }
  }
  return {
    cpuNs,
    samples,
    commands: [...commands]
      .map(([command, spent]) => ({ command, ...spent, tasks: spent.tasks.size }))
      .sort((a, b) => b.cpuNs - a.cpuNs),
    functions: [...functions.values()].sort((a, b) => b.selfNs - a.selfNs || b.totalNs - a.totalNs),
  };
}
