import { parseOptionsAndFiles } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";
import {
  EXPORT_HELP,
  EXPORT_OPTIONS,
  type ExportFormat,
  type RequestedExport,
  requestedExports,
} from "./exports.ts";

/** What `task-watchers report` was asked to do. */
export interface ReportArguments {
  /** One trace, or the two that are compared; `-` for standard input. */
  readonly traces: readonly string[];
  /** Where the HTML report goes, `-` for standard output; absent when none was asked for. */
  readonly html: string | undefined;
  readonly exports: readonly RequestedExport[];
  readonly compare: boolean;
  /** The comparison as JSON. */
  readonly json: boolean;
  readonly quiet: boolean;
  readonly help: boolean;
}

const OPTIONS = {
  output: { type: "string", short: "o" },
  compare: { type: "boolean" },
  json: { type: "boolean" },
  quiet: { type: "boolean", short: "q" },
  help: { type: "boolean", short: "h" },
  ...EXPORT_OPTIONS,
} as const;

export const REPORT_HELP: string = `Usage: task-watchers report [options] TRACE
       task-watchers report --compare [--json | --markdown FILE] A B

Makes pictures of a trace that task-watchers run --json or watch --json has written, whole or cut off: one HTML file that
needs nothing else and opens offline, with a timeline of all tasks, what failed, what was slow, the critical path and a
flame graph. Needs no privilege. "-" is standard input.

Options:
  -o, --output FILE     where the HTML report goes (default: beside the trace, with .html for its ending; none when
                        another format is asked for); "-" for standard output
${EXPORT_HELP}      --compare         two traces: what ran only in one, what grew, what moved, by command
      --json            the comparison as JSON
  -q, --quiet           say nothing but errors
  -h, --help            print this

Exit status: 0, or 125 when a trace cannot be read or a file cannot be written.
Environment: NO_COLOR, FORCE_COLOR.
`;

/** @throws UsageError that names the argument and what would be right */
export function parseReportArguments(args: readonly string[]): ReportArguments {
  const { values, files } = parseOptionsAndFiles(args, OPTIONS);
  const help = values.help ?? false;
  const compare = values.compare ?? false;
  const exports = requestedExports(values);
  if (!help) {
    checkTraces(files, compare);
    if (compare) checkComparison(values.output, exports);
    else if (values.json) throw new UsageError("--json goes with --compare");
  }
  const html = compare || help ? undefined : htmlPath(values.output, files[0] ?? "", exports);
  for (const { format, path } of exports) {
    if (path === html) throw new UsageError(`--output and --${format} both name "${path}"`);
  }
  return {
    traces: files,
    html,
    exports,
    compare,
    json: values.json ?? false,
    quiet: values.quiet ?? false,
    help,
  };
}

function checkTraces(files: readonly string[], compare: boolean): void {
  if (files.includes("")) throw new UsageError('a trace needs a file name, or "-"');
  if (compare && files.length !== 2) {
    throw new UsageError(`--compare takes two traces, got ${files.length}`);
  }
  if (compare && files[0] === "-" && files[1] === "-") {
    throw new UsageError("standard input can be one of the traces, not both");
  }
  if (!compare && files.length !== 1) {
    throw new UsageError(
      files.length === 0
        ? "say which trace: task-watchers report build.jsonl"
        : `one trace at a time, got ${files.length}; for two: --compare`,
    );
  }
}

function checkComparison(output: string | undefined, exports: readonly RequestedExport[]): void {
  const other = exports.find(({ format }) => format !== "markdown")?.format;
  const name = output === undefined ? other : "output";
  if (name !== undefined) throw new UsageError(`--${name} does not go with --compare`);
}

function htmlPath(
  output: string | undefined,
  trace: string,
  exports: readonly { readonly format: ExportFormat }[],
): string | undefined {
  if (output === "") throw new UsageError('--output needs a file name, or "-"');
  if (output !== undefined || exports.length > 0) return output;
  if (trace === "-") throw new UsageError("a trace from standard input needs --output FILE");
  return `${trace.replace(/\.(?:jsonl|ndjson|json)$/u, "")}.html`;
}
