import { gzipSync } from "node:zlib";
import {
  Function,
  Label,
  Line,
  Location,
  Mapping,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from "pprof-format";
import type { CpuProfile } from "../profile/cpu-profile.ts";
import type { Frame } from "../symbols/frame.ts";
import { commandName, stackWeights } from "./parts.ts";
import { visibleText } from "./visible-text.ts";

/**
 * A gzip-compressed profile.proto for `go tool pprof` and others: samples and nanoseconds of CPU time by stack and task. Each
 * sample has the labels `task` (stable id), `command`, `pid` and `tgid`: `pprof -tagroot command`, `-tagfocus`. What cannot be
 * seen in a name is written `\uNNNN`: the format holds UTF-8 alone. Notes are comments (`pprof -comments`).
 */
export function toPprof(profile: CpuProfile): Uint8Array {
  const strings = new StringTable();
  const text = (value: string): number => strings.dedup(visibleText(value));
  const cpu = (): ValueType => new ValueType({ type: text("cpu"), unit: text("nanoseconds") });
  const labels = profile.tasks.map((task) => [
    new Label({ key: text("task"), str: text(task.id) }),
    new Label({ key: text("command"), str: text(commandName(task)) }),
    new Label({ key: text("pid"), num: task.pid }),
    new Label({ key: text("tgid"), num: task.tgid }),
  ]);
  const frames = framesOf(profile);
  const modules = [...new Set(frames.map(({ module }) => module))];
  const mapping = modules.map(
    (module, i) =>
      // Without these marks pprof looks for the file, to find symbols in it of addresses that are not there.
      new Mapping({
        id: i + 1,
        filename: text(module),
        hasFunctions: true,
        hasFilenames: true,
        hasLineNumbers: true,
      }),
  );
  const empty = profile.samples.length === 0 ? ["no samples were taken"] : [];
  const encoded = new Profile({
    sampleType: [new ValueType({ type: text("samples"), unit: text("count") }), cpu()],
    sample: stackWeights(profile.samples).map(
      ({ task, stack, samples, weightNs }) =>
        new Sample({
          locationId: locationsOf(profile, stack),
          value: [samples, Math.round(weightNs)],
          label: labels[task] ?? [],
        }),
    ),
    mapping,
    location: frames.map(
      (frame, i) =>
        new Location({
          id: i + 1,
          mappingId: modules.indexOf(frame.module) + 1,
          line: [new Line({ functionId: i + 1, line: frame.line ?? 0 })],
        }),
    ),
    function: frames.map((frame, i) => functionOf(frame, i + 1, text)),
    stringTable: strings,
    timeNanos: profile.startNs + profile.wallClockOffsetNs,
    durationNanos: profile.endNs - profile.startNs,
    periodType:
      profile.event === "cycles"
        ? new ValueType({ type: text("cycles"), unit: text("count") })
        : cpu(),
    period: profile.event === "cycles" ? 0 : Math.round(1e9 / profile.frequencyHz),
    comment: [...empty, ...profile.notes].map(text),
    defaultSampleType: text("cpu"),
  });
  return gzipSync(encoded.encode());
}

/** Frames of a pprof profile: those of the profile, and where a stack has none, one for what is not known. */
function framesOf({ frames, stacks }: CpuProfile): readonly Frame[] {
  const unknown: Frame = {
    name: "[unknown]",
    module: "[unknown]",
    kind: "unknown",
    resolved: false,
  };
  return stacks.some((stack) => stack.length === 0) ? [...frames, unknown] : frames;
}

/** Ids of a stack's locations, leaf first: each is the index of its frame and one, as no id is zero. */
function locationsOf({ frames, stacks }: CpuProfile, stack: number): number[] {
  const indices = stacks[stack] ?? [];
  return indices.length === 0
    ? [frames.length + 1]
    : indices.map((frame) => frame + 1).toReversed();
}

function functionOf(frame: Frame, id: number, text: (value: string) => number): Function {
  return new Function({
    id,
    name: text(frame.name),
    systemName: text(frame.symbol ?? frame.name),
    filename: text(frame.file ?? frame.module),
    startLine: frame.line ?? 0,
  });
}
