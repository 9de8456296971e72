import type { TraceReport } from "@task-watchers/trace";
import { plural } from "./format.ts";
import type { ModelBuilder } from "./model-builder.ts";
import { objectOf, textOf, textsOf } from "./line-fields.ts";

/** What is missing from a trace, or odd in it: sentences for people. */
export function notesOf(
  builder: ModelBuilder,
  file: Readonly<TraceReport>,
  oddEnds: number,
): string[] {
  return [...fileNotes(builder, file), ...contentNotes(builder, oddEnds), ...moduleNotes(builder)];
}

function fileNotes(builder: ModelBuilder, file: Readonly<TraceReport>): string[] {
  const notes: string[] = [];
  if (file.headerless) {
    notes.push("The trace has no header: it was cut off at the front. Host and clock are unknown.");
  } else if (builder.originNs === undefined || objectOf(builder.header?.clock) === undefined) {
    notes.push("The header has no clock: times count from the first event.");
  }
  if (file.cutOffCharacters > 0) {
    notes.push(
      `The trace was cut off in the middle of a line: ${plural(file.cutOffCharacters, "character")} could not be read.`,
    );
  }
  if (builder.summary === undefined) {
    notes.push(
      "The trace has no summary: its writer did not finish. What came after is not known.",
    );
  } else if (!file.complete) {
    notes.push("There are lines after the summary.");
  }
  if (file.malformed > 0) {
    notes.push(`${plural(file.malformed, "line")} could not be read, and was passed over.`);
  }
  return notes;
}

function contentNotes(builder: ModelBuilder, oddEnds: number): string[] {
  const notes: string[] = [];
  const { tasks, losses, otherLines, incomplete, backwards } = builder;
  if (tasks.length === 0) notes.push("The trace tells of no task.");
  if (incomplete > 0) {
    notes.push(`${plural(incomplete, "line")} lacks a task or a time, and was passed over.`);
  }
  if (backwards > 0) {
    notes.push(
      `The clock jumps: ${plural(backwards, "event")} is earlier than what stands before.`,
    );
  }
  if (oddEnds > 0) notes.push(`${plural(oddEnds, "task")} ended before it began, says the trace.`);
  const lost = losses.reduce((sum, { count }) => sum + (count ?? 0), 0);
  if (losses.length > 0) {
    const more = losses.some(({ count }) => count === null) ? ", and more that nobody counted" : "";
    notes.push(`${plural(lost, "event")} lost${more}: tasks may be missing, or end unseen.`);
  }
  const unknownStarts = tasks.filter((task) => task.isStartUnknown).length;
  if (unknownStarts > 0) {
    notes.push(`The beginning of ${plural(unknownStarts, "task")} is not in the trace.`);
  }
  const execs = tasks.flatMap((task) => task.execs).filter((exec) => exec.isEarlier !== true);
  const nameless = execs.filter((exec) => exec.argv === undefined).length;
  if (nameless > 0) {
    notes.push(`The arguments of ${nameless} of ${plural(execs.length, "exec")} are unknown.`);
  }
  if (otherLines.size > 0) {
    const types = [...otherLines].slice(0, 8).map(([type, n]) => `${n} ${JSON.stringify(type)}`);
    const more = otherLines.size > 8 ? ", …" : "";
    notes.push(`Lines of types that this report does not show: ${types.join(", ")}${more}.`);
  }
  return notes;
}

/** What watchers say of themselves in the summary. */
function moduleNotes({ summary }: ModelBuilder): string[] {
  const modules: readonly unknown[] = Array.isArray(summary?.modules) ? summary.modules : [];
  return modules.flatMap((module) => {
    const { name, status } = objectOf(module) ?? {};
    const notes = textsOf(objectOf(status)?.["notes"]) ?? [];
    return notes.map((note) => `${textOf(name) ?? "?"}: ${note}`);
  });
}
