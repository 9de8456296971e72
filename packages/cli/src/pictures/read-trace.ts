import { createReadStream, fstatSync, statSync } from "node:fs";
import { readTraceModel, TraceError, type TraceModel } from "@task-watchers/report";
import type { ConversionProgress } from "./conversion-progress.ts";

/** Looks whether a trace is there to be read. @throws the error of stat(2), or `EISDIR`, with its name */
export function checkTrace(trace: string): void {
  if (trace === "-") return;
  const isFolder = named(trace, () => statSync(trace).isDirectory());
  if (!isFolder) return;
  const message = `cannot read ${JSON.stringify(trace)}: it is a directory; give the file that run --json has written`;
  throw Object.assign(new Error(message), { code: "EISDIR" });
}

/** @throws TraceError or the error of open(2), with the trace's name */
export async function readTraceFile(
  trace: string,
  progress: ConversionProgress,
): Promise<TraceModel> {
  const size = trace === "-" ? fstatSync(0).size : statSync(trace).size;
  const source = trace === "-" ? process.stdin : createReadStream(trace);
  try {
    return await readTraceModel(source, {
      onProgress: ({ bytes }) => progress.tell("reading", bytes, size),
    });
  } catch (error) {
    if (error instanceof TraceError) {
      throw new TraceError(error.code, `${nameOf(trace)}: ${error.message}`, { cause: error });
    }
    throw withName(trace, error);
  }
}

function nameOf(trace: string): string {
  return trace === "-" ? "standard input" : JSON.stringify(trace);
}

function named<T>(trace: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw withName(trace, error);
  }
}

function withName(trace: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const message = `cannot read ${nameOf(trace)}: ${error.message}`;
  return Object.assign(new Error(message, { cause: error }), { code: error.code });
}
