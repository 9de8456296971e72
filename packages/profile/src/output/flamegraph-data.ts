import type { CpuProfile } from "../profile/cpu-profile.ts";
import { commandName, stackWeights, taskNames } from "./parts.ts";

/** What the page of a flame graph gets: plain, small, and with nothing that JSON does not have. */
export interface FlamegraphData {
  readonly title: string;
  /** Name, module, kind, and the source where it is known. */
  readonly frames: readonly (readonly [
    name: string,
    module: string,
    kind: string,
    source: string,
  ])[];
  readonly stacks: readonly (readonly number[])[];
  /** Name of the task, its stable id, and its command. */
  readonly tasks: readonly (readonly [name: string, id: string, command: string])[];
  /** What each task spent in each stack: indices, samples, nanoseconds. */
  readonly weights: readonly (readonly [
    task: number,
    stack: number,
    samples: number,
    ns: number,
  ])[];
  readonly notes: readonly string[];
  readonly frequencyHz: number;
  /** How long the sampling went on, nanoseconds. */
  readonly lengthNs: number;
}

/** A profile in the page's form. */
export function flamegraphData(profile: CpuProfile, title: string): FlamegraphData {
  const names = taskNames(profile.tasks);
  return {
    title,
    frames: profile.frames.map(({ name, module, kind, file, line }) => [
      name === "" ? "[unknown]" : name,
      module,
      kind,
      file === undefined ? "" : `${file}${line === undefined ? "" : `:${line}`}`,
    ]),
    stacks: profile.stacks,
    tasks: profile.tasks.map((task, i) => [names[i] ?? "", task.id, commandName(task)]),
    weights: stackWeights(profile.samples).map((weight) => [
      weight.task,
      weight.stack,
      weight.samples,
      Math.round(weight.weightNs),
    ]),
    notes: profile.notes,
    frequencyHz: profile.frequencyHz,
    lengthNs: Number(profile.endNs - profile.startNs),
  };
}

/**
 * JSON that can stand in a `<script>`: no character ends the element, begins a comment, or ends a line for an older reader.
 */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
