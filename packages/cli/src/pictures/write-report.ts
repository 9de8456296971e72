import { accessSync, constants, createWriteStream, statSync } from "node:fs";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { TraceModel } from "@task-watchers/report";
import { htmlReport } from "@task-watchers/report/html";
import { standardError } from "../standard-error.ts";
import { ConversionProgress } from "./conversion-progress.ts";
import { writeFileWhole } from "./exports.ts";
import { checkTrace, readTraceFile } from "./read-trace.ts";
import { printable } from "../report/terminal-text.ts";

/**
 * Reads a trace and writes its HTML report: what `run --report` does after a run.
 *
 * @throws TraceError, and the errors of open(2) and write(2) with the file's name
 */
export async function writeReport(
  trace: string,
  file: string,
  options: { readonly quiet?: boolean } = {},
): Promise<void> {
  const quiet = options.quiet ?? false;
  checkTrace(trace);
  checkTarget(file);
  const progress = new ConversionProgress(quiet);
  try {
    const model = await readTraceFile(trace, progress);
    await writeHtml(model, file, progress);
    progress.close();
    if (!quiet) tellWritten(model, file);
  } finally {
    progress.close();
  }
}

/** Writes the HTML of a trace that was read; `-` for standard output. */
export async function writeHtml(
  model: TraceModel,
  file: string,
  progress: ConversionProgress,
): Promise<void> {
  const pieces = htmlReport(model, {
    onProgress: ({ tasks, of }) => progress.tell("writing", tasks, of),
  });
  if (file === "-") {
    await pipeline(Readable.from(pieces), createWriteStream("", { fd: 1, autoClose: false }));
    return;
  }
  await writeFileWhole(file, model, async (_model, write) => {
    for await (const piece of pieces) await write(piece);
  });
}

/**
 * Looks whether a file could be written, before a long trace is read.
 *
 * @throws Error with a code and the file's name
 */
export function checkTarget(file: string): void {
  if (file === "-") return;
  const refuse = (code: string, why: string): never => {
    throw Object.assign(new Error(`cannot write ${JSON.stringify(file)}: ${why}`), { code });
  };
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isDirectory()) refuse("EISDIR", "it is a directory");
  if (stats !== undefined && !stats.isFile()) return;
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "EACCES";
    refuse(code, code === "ENOENT" ? "its folder does not exist" : `${code} for its folder`);
  }
}

/** Says what was written. */
export function tellWritten(model: TraceModel, file: string): void {
  if (file === "-") return;
  const kib = Math.ceil(statSync(file).size / 1024);
  const tasks = model.tasks.length === 1 ? "1 task" : `${model.tasks.length} tasks`;
  standardError.write(`${printable(file)}: ${tasks}, ${kib} KiB\n`);
  for (const note of model.file.complete ? [] : model.notes.slice(0, 3)) {
    standardError.write(`note: ${printable(note)}\n`);
  }
}
