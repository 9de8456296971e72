import type { CpuProfile, ProfiledTask } from "../profile/cpu-profile.ts";
import { type ProfilePart, partsOf } from "./parts.ts";
import { type Slice, slicesOf } from "./task-slices.ts";

/** Events that are handed over together. */
const BATCH = 1000;

/** What says whose event it is. */
interface Track {
  /** Of the process. */
  readonly pid: number;
  /** Of the task. */
  readonly tid: number;
}

/**
 * Trace events (JSON) for ui.perfetto.dev and chrome://tracing: a track for each task, with its stacks over time. Stacks are
 * nested slices: Perfetto does not read the `samples` and `stackFrames` of this format. Times are CLOCK_MONOTONIC in
 * microseconds. `args` of each slice give the samples and nanoseconds of CPU time, those of a root slice the task's stable id.
 */
export function toTraceEvents(profile: CpuProfile): string {
  return [...traceEventChunks(profile)].join("");
}

/** The same in pieces: a long profile of deep stacks is larger than a string can be. */
export function* traceEventChunks(profile: CpuProfile): Generator<string> {
  const { samples, notes } = profile;
  const missing = samples.length === 0 ? ["no samples were taken", ...notes] : notes;
  const otherData = JSON.stringify({ notes: missing.join("\n") });
  yield `{"displayTimeUnit":"ns","otherData":${otherData},"traceEvents":[`;
  let batch: string[] = [];
  let separator = "\n";
  for (const event of events(profile)) {
    batch.push(JSON.stringify(event));
    if (batch.length < BATCH) continue;
    yield separator + batch.join(",\n");
    separator = ",\n";
    batch = [];
  }
  yield batch.length === 0 ? "\n]}\n" : `${separator}${batch.join(",\n")}\n]}\n`;
}

function* events(profile: CpuProfile): Generator<object> {
  const named = new Set<number>();
  for (const part of partsOf(profile, "task")) {
    const task = profile.tasks[part.tasks[0] ?? 0];
    if (task === undefined) continue;
    yield* names(profile, task, part, named);
    const track = trackOf(task);
    for (const slice of slicesOf(profile, part.samples)) {
      yield sliceEvent(profile, slice, track, task.id);
    }
  }
}

function trackOf({ tgid, pid }: ProfiledTask): Track {
  return { pid: tgid, tid: pid };
}

/** Names of the task's track, and of its process's when that has none yet. */
function* names(
  { tasks }: CpuProfile,
  task: ProfiledTask,
  part: ProfilePart,
  named: Set<number>,
): Generator<object> {
  const track = trackOf(task);
  if (!named.has(task.tgid)) {
    named.add(task.tgid);
    const leader = tasks.find(({ pid, tgid }) => pid === task.tgid && tgid === pid) ?? task;
    yield { ph: "M", name: "process_name", ...track, args: { name: leader.command } };
  }
  yield { ph: "M", name: "thread_name", ...track, args: { name: part.name } };
}

function sliceEvent(profile: CpuProfile, slice: Slice, track: Track, id: string): object {
  const { depth, cpuNs, samples, startNs, endNs } = slice;
  const frame = profile.frames[slice.frame];
  return {
    ph: "X",
    cat: frame?.kind ?? "unknown",
    name: frame?.name || "[unknown]",
    ...track,
    ts: startNs / 1000,
    dur: (endNs - startNs) / 1000,
    args: {
      cpuNs,
      samples,
      ...(frame === undefined ? {} : { module: frame.module }),
      ...(frame?.file === undefined ? {} : { source: `${frame.file}:${frame.line ?? 0}` }),
      ...(depth === 0 ? { task: id } : {}),
    },
  };
}
