import { createReadStream } from "node:fs";
import { newTraceReport, readTrace, TraceSchemaError } from "@task-watchers/trace";
import { finishTasks } from "./finish-tasks.ts";
import { bigDecimalOf, objectOf } from "./line-fields.ts";
import { ModelBuilder } from "./model-builder.ts";
import { notesOf } from "./notes.ts";
import { TraceError } from "./trace-error.ts";
import type { TraceModel } from "./trace-model.ts";

/** How far reading has come. */
export interface ReadProgress {
  /** Bytes read so far. */
  readonly bytes: number;
  readonly lines: number;
}

/** How a long trace tells how far it was read; nothing else can be chosen. */
export interface ReadModelOptions {
  /** Called after every piece that was read, some 64 KiB. */
  readonly onProgress?: (progress: ReadProgress) => void;
}

/**
 * Reads a trace whole. One that was cut off at either end, has lines of unknown types or clocks that jump is read as far as
 * it is there; `notes` say what is missing. 1,000,000 lines take some seconds and some 200 MB.
 *
 * @param source path of a file, or its bytes in pieces
 * @throws TraceError when there is nothing to show: the file is empty, is no trace, or is of a schema not known here; and
 *   the error of open(2) or read(2)
 */
export async function readTraceModel(
  source: string | AsyncIterable<Uint8Array>,
  options: ReadModelOptions = {},
): Promise<TraceModel> {
  const report = newTraceReport();
  const builder = new ModelBuilder();
  const progress = { bytes: 0, lines: 0 };
  const chunks = typeof source === "string" ? createReadStream(source) : source;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      progress.bytes += chunk.byteLength;
      progress.lines = report.lines;
      options.onProgress?.({ ...progress });
      yield chunk;
    }
  }
  try {
    for await (const line of readTrace(counted(), report)) builder.add(line);
  } catch (error) {
    if (!(error instanceof TraceSchemaError)) throw error;
    throw new TraceError("UNKNOWN_SCHEMA", error.message, { cause: error });
  }
  options.onProgress?.({ bytes: progress.bytes, lines: report.lines });
  refuseNothing(progress.bytes, builder, report.malformed);
  return modelOf(builder, report);
}

/** @throws TraceError when no line is of a trace */
function refuseNothing(bytes: number, builder: ModelBuilder, malformed: number): void {
  if (bytes === 0) {
    throw new TraceError("EMPTY", "the trace is empty: not even its header was written");
  }
  if (builder.isTrace) return;
  const types = [...builder.otherLines.keys()].slice(0, 5).map((type) => JSON.stringify(type));
  throw new TraceError(
    "NOT_A_TRACE",
    types.length > 0
      ? `this is no trace: it has lines of type ${types.join(", ")}, and none that a trace has`
      : `this is no trace: none of its lines is a JSON object with a type${
          malformed > 0 ? ` (${malformed} looked at)` : ""
        }; a trace is what task-watchers run --json writes`,
  );
}

function modelOf(builder: ModelBuilder, file: TraceModel["file"]): TraceModel {
  const { header, summary, tasks, losses, otherLines, originNs = 0n } = builder;
  const offsetNs = bigDecimalOf(objectOf(header?.clock)?.["realtimeOffsetNs"]);
  const { endNs, oddEnds } = finishTasks(builder);
  const has = { delays: false, samples: false, audit: false };
  for (const task of tasks) {
    has.delays ||= task.delays !== undefined;
    has.samples ||= task.samples !== undefined;
    has.audit ||= task.audit.length > 0;
  }
  return {
    ...(header && { header }),
    ...(summary && { summary }),
    originNs,
    ...(offsetNs !== undefined && { wallClockNs: originNs + offsetNs }),
    endNs,
    tasks,
    losses,
    otherLines,
    has,
    notes: notesOf(builder, file, oddEnds),
    file,
  };
}
