import { realpathSync } from "node:fs";
import { compareTraces, comparisonMarkdown, comparisonText } from "@task-watchers/report/compare";
import { ExportError } from "@task-watchers/report/export";
import { replaceUnsafe, unicodeEscape } from "@task-watchers/trace";
import { UsageError } from "../usage-error.ts";
import { ConversionProgress } from "./conversion-progress.ts";
import { writeExports, writeFileWhole } from "./exports.ts";
import { checkTrace, readTraceFile } from "./read-trace.ts";
import type { ReportArguments } from "./report-arguments.ts";
import { checkTarget, tellWritten, writeHtml } from "./write-report.ts";

/**
 * `task-watchers report`: resolves with the exit status.
 *
 * @throws TraceError for what is no trace, UsageError, ExportError, or the error of a file with its name
 */
export async function report(args: ReportArguments): Promise<number> {
  const targets = [args.html, ...args.exports.map(({ path }) => path)];
  for (const trace of args.traces) {
    checkTrace(trace);
    for (const target of targets) if (target !== undefined) refuseSame(trace, target);
  }
  for (const target of targets) if (target !== undefined) checkTarget(target);
  const progress = new ConversionProgress(args.quiet);
  try {
    if (args.compare) await compare(args, progress);
    else await convert(args, progress);
  } finally {
    progress.close();
  }
  return 0;
}

async function convert(args: ReportArguments, progress: ConversionProgress): Promise<void> {
  const model = await readTraceFile(args.traces[0] ?? "", progress);
  await writeExports(model, args.exports).catch((error: unknown) => {
    // The trace lacks what the format shows: nothing is wrong with us.
    if (!(error instanceof ExportError)) throw error;
    throw Object.assign(new Error(error.message, { cause: error }), { code: "NOTHING_TO_EXPORT" });
  });
  if (args.html === undefined) return;
  await writeHtml(model, args.html, progress);
  progress.close();
  if (!args.quiet) tellWritten(model, args.html);
}

async function compare(args: ReportArguments, progress: ConversionProgress): Promise<void> {
  const [a, b] = args.traces;
  const before = await readTraceFile(a ?? "", progress);
  const after = await readTraceFile(b ?? "", progress);
  progress.close();
  const comparison = compareTraces(before, after);
  const [markdown] = args.exports;
  if (markdown && markdown.path !== "-") {
    await writeFileWhole(markdown.path, after, async (_model, write) =>
      write(comparisonMarkdown(comparison)),
    );
    return;
  }
  const text = markdown
    ? comparisonMarkdown(comparison)
    : args.json
      ? `${replaceUnsafe(JSON.stringify(comparison), unicodeEscape)}\n`
      : comparisonText(comparison, {
          columns: process.stdout.isTTY ? process.stdout.columns : 1000,
        });
  await new Promise<void>((resolve) => {
    // Who has gone wanted no more of it.
    process.stdout.once("error", () => resolve());
    process.stdout.write(text, () => resolve());
  });
}

/** @throws UsageError when a trace would be written over */
function refuseSame(trace: string, target: string): void {
  if (trace === "-" || target === "-") return;
  const real = (path: string): string => {
    try {
      return realpathSync(path);
    } catch {
      return path;
    }
  };
  if (real(trace) === real(target)) {
    throw new UsageError(`"${target}" is the trace itself: name another file`);
  }
}
