import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { TraceModel } from "@task-watchers/report";
import {
  type Export,
  writeCsv,
  writeDot,
  writeMarkdown,
  writePerfetto,
  writeSpeedscope,
} from "@task-watchers/report/export";
import { UsageError } from "../usage-error.ts";

export type ExportFormat = "perfetto" | "speedscope" | "csv" | "markdown" | "dot";

const EXPORTS: Readonly<Record<ExportFormat, Export>> = {
  perfetto: writePerfetto,
  speedscope: writeSpeedscope,
  csv: writeCsv,
  markdown: writeMarkdown,
  dot: writeDot,
};

/** Options that ask for a file in another format; each takes a file's name, `-` for standard output. */
export const EXPORT_OPTIONS: Readonly<Record<ExportFormat, { readonly type: "string" }>> = {
  perfetto: { type: "string" },
  speedscope: { type: "string" },
  csv: { type: "string" },
  markdown: { type: "string" },
  dot: { type: "string" },
};

export const EXPORT_HELP: string = `      --perfetto FILE   for ui.perfetto.dev and chrome://tracing: a track a task, arrows from forks to children
      --speedscope FILE for speedscope.app: CPU time by program and function; wants a trace with profile
      --csv FILE        a row a task, for spreadsheets and data frames
      --markdown FILE   a summary for the page of a CI job, with a Gantt chart of the slowest
      --dot FILE        the tree for Graphviz: dot -Tsvg
`;

/** A file that was asked for. */
export interface RequestedExport {
  readonly format: ExportFormat;
  /** `-` for standard output. */
  readonly path: string;
}

/** @throws UsageError for an empty name, and when two would be written to one place */
export function requestedExports(
  values: Readonly<Partial<Record<ExportFormat, string | undefined>>>,
): RequestedExport[] {
  const requested: RequestedExport[] = [];
  for (const format of Object.keys(EXPORTS) as ExportFormat[]) {
    const path = values[format];
    if (path === undefined) continue;
    if (path === "") throw new UsageError(`--${format} needs a file name, or "-"`);
    const same = requested.find((other) => other.path === path);
    if (same) throw new UsageError(`--${same.format} and --${format} both name "${path}"`);
    requested.push({ format, path });
  }
  return requested;
}

/**
 * Writes each. A file appears whole or not at all; what is no regular file, such as a pipe, is written as it is.
 *
 * @throws ExportError when the trace has nothing for a format, the error of open(2) or write(2) with the file's name
 */
export async function writeExports(
  model: TraceModel,
  requested: readonly RequestedExport[],
): Promise<void> {
  for (const { format, path } of requested) {
    if (path === "-") await writeTo(process.stdout, model, EXPORTS[format]);
    else await writeFileWhole(path, model, EXPORTS[format]);
  }
}

/**
 * Writes a file that appears whole or not at all; what is no regular file, such as a pipe, is written as it is.
 *
 * @throws the error of open(2) or write(2) with the file's name
 */
export async function writeFileWhole(
  path: string,
  model: TraceModel,
  write: Export,
): Promise<void> {
  const stats = statSync(path, { throwIfNoEntry: false });
  const isPlain = stats === undefined || stats.isFile();
  const target = isPlain ? `${path}.${randomBytes(6).toString("hex")}.tmp` : path;
  try {
    const stream = createWriteStream(target, { flags: isPlain ? "wx" : "w" });
    await once(stream, "open");
    await writeTo(stream, model, write);
    await new Promise<void>((resolve, reject) => {
      stream.once("error", reject);
      stream.end(resolve);
    });
    if (isPlain) await rename(target, path);
  } catch (error) {
    if (isPlain) await rm(target, { force: true });
    const code = error instanceof Error && "code" in error ? { code: error.code } : undefined;
    if (code === undefined) throw error;
    const message = `cannot write ${JSON.stringify(path)}: ${(error as Error).message}`;
    throw Object.assign(new Error(message, { cause: error }), code);
  }
}

/** Waits where the reader is slow. A lone surrogate is none of these formats' text: exports have escaped it. */
async function writeTo(
  stream: NodeJS.WritableStream,
  model: TraceModel,
  write: Export,
): Promise<void> {
  const failed = new Promise<never>((_, reject) => stream.once("error", reject));
  failed.catch(() => {});
  const writing = write(model, async (text) => {
    if (!stream.write(text)) await Promise.race([once(stream, "drain"), failed]);
  });
  await Promise.race([writing, failed]);
}
