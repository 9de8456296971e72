import type { CpuProfile, ProfiledTask, Sample, Split } from "../profile/cpu-profile.ts";

/** A part of a profile that is shown by itself. */
export interface ProfilePart {
  /** Of the command, or the task; `all tasks` for the whole. Text of another process, unless it is the whole. */
  readonly name: string;
  /** Indices into the profile's tasks. */
  readonly tasks: readonly number[];
  /** In order of time. */
  readonly samples: readonly Sample[];
}

/** Divides a profile; parts come in the order of their tasks, and only those that have samples. */
export function partsOf(profile: CpuProfile, split: Split): ProfilePart[] {
  const { tasks, samples } = profile;
  if (samples.length === 0) return [];
  if (split === "merged") return [{ name: "all tasks", tasks: [...tasks.keys()], samples }];
  const names = split === "task" ? taskNames(tasks) : tasks.map(commandName);
  const parts = new Map<string, { tasks: number[]; samples: Sample[] }>();
  for (const [i, name] of names.entries()) {
    const part = parts.get(name) ?? { tasks: [], samples: [] };
    part.tasks.push(i);
    parts.set(name, part);
  }
  for (const sample of samples) parts.get(names[sample.task] ?? "")?.samples.push(sample);
  return [...parts]
    .filter(([, part]) => part.samples.length > 0)
    .map(([name, part]) => ({ name, ...part }));
}

/** A name for each task, no two the same: command and pid, and the id as well where a pid was used again. */
export function taskNames(tasks: readonly ProfiledTask[]): string[] {
  const names = tasks.map((task) => `${commandName(task)} ${task.pid}`);
  const uses = new Map<string, number>();
  for (const name of names) uses.set(name, (uses.get(name) ?? 0) + 1);
  return names.map((name, i) => ((uses.get(name) ?? 0) > 1 ? `${name} ${tasks[i]?.id}` : name));
}

/** The command that samples of a task are grouped by. */
export function commandName({ command }: ProfiledTask): string {
  return command === "" ? "[unknown]" : command;
}

/** What one task spent in one stack. */
export interface StackWeight {
  readonly task: number;
  readonly stack: number;
  samples: number;
  /** CPU time, nanoseconds. */
  weightNs: number;
}

/** Samples added up by task and stack, in the order in which each was seen first. */
export function stackWeights(samples: readonly Sample[]): StackWeight[] {
  const weights = new Map<string, StackWeight>();
  for (const { task, stack, weightNs } of samples) {
    const key = `${task} ${stack}`;
    const known = weights.get(key);
    if (known === undefined) {
      weights.set(key, { task, stack, samples: 1, weightNs });
    } else {
      known.samples++;
      known.weightNs += weightNs;
    }
  }
  return [...weights.values()];
}
