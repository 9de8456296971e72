import type { Sampler, SamplerCounters } from "../sampling/sampler.ts";
import { formatPart } from "./format.ts";
import type { Recording } from "./recording.ts";

/** Has V8 tell what it compiles. */
const NODE_FLAG = "--perf-basic-prof-only-functions";

/** What notes are about. */
export interface NotesAbout {
  readonly sampler: Pick<Sampler, "event" | "frequencyHz" | "notes">;
  readonly isHost: boolean;
  readonly counters: SamplerCounters;
  readonly recording: Recording;
  /** What the symbolizer has to say. */
  readonly symbolNotes: readonly string[];
}

/** Sentences for the user: what was sampled and how, what is missing, and what would help. */
export function notesAbout(about: NotesAbout): string[] {
  const { sampler, isHost, counters, recording, symbolNotes } = about;
  const { event, frequencyHz } = sampler;
  const { store, processes } = recording;
  const { kept } = store;
  const { tasks, sampledTasks } = recording.count;
  const { others } = recording;
  const { samples, frames, unresolved } = store.count;
  const what =
    event === "cycles" ? "the CPU's counter of cycles" : "the kernel's clock of CPU time";
  const periodMs = (1000 / frequencyHz).toFixed(frequencyHz > 100 ? 2 : 1);
  const unread = counters.malformed + counters.resyncs;
  const short = tasks - sampledTasks;
  return [
    `sampled ${frequencyHz} times a second of CPU time, by ${what} (${event})`,
    ...sampler.notes,
    ...(counters.lost > 0
      ? [`${counters.lost} records were lost, as rings were full: ask for more ringPages`]
      : []),
    ...(counters.throttled > 0
      ? [
          `the kernel paused sampling ${counters.throttled} times, as it took too much time: ask for a lower frequency`,
        ]
      : []),
    ...(unread > 0
      ? [
          `${unread} records or rings made no sense and were skipped: the kernel is newer, or at odds`,
        ]
      : []),
    ...(short > 0 && !isHost && samples > 0
      ? [
          `${short} of ${tasks} tasks have no sample: a task gets its first after ${periodMs} ms on a CPU, so the time of short ones is too small; the host as target (CAP_PERFMON) does not have this flaw`,
        ]
      : []),
    ...(unresolved > 0 ? [`${formatPart(unresolved, frames)} of frames have no name`] : []),
    ...(store.count.unnamedCode >= samples / 100 && store.count.unnamedCode > 0
      ? [
          `${formatPart(store.count.unnamedCode, samples)} of samples were in code compiled at run time that has no name: start Node.js programs with ${NODE_FLAG} (\`run --node-perf-maps\` does), other runtimes with their option for maps of perf`,
        ]
      : []),
    ...symbolNotes,
    ...(kept.added > 0
      ? [`${kept.added} samples beyond the first ${kept.size} were added up without their times`]
      : []),
    ...(store.table.dropped > 0
      ? [
          `${store.table.dropped} times a function or a stack was one too many, and was not told apart`,
        ]
      : []),
    ...(others > 0 ? [`${others} samples were of tasks that are not watched, and left out`] : []),
    ...(processes.looksRefused > 0
      ? [
          `the mappings of a process could not be looked up ${processes.looksRefused} times, as that would have taken more than 5 % of a CPU`,
        ]
      : []),
    ...(processes.mappingsDropped > 0
      ? [`${processes.mappingsDropped} mappings were left out, as their processes had too many`]
      : []),
  ];
}
