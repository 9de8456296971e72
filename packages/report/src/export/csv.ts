import { commandLine } from "../model/command.ts";
import { lastExec } from "../model/outcome.ts";
import { DELAY_FIGURES, type ModelTask, type TraceModel } from "../model/trace-model.ts";
import { type Export, Pieces } from "./export.ts";
import { programNames } from "./task-order.ts";
import { visibleText } from "./visible-text.ts";

const COLUMNS = [
  ...["task", "pid", "tgid", "ppid", "parent", "start_ns", "start_utc", "duration_ns"],
  ...["ended", "exit_code", "signal", "core_dumped", "ruid", "euid", "rgid", "egid"],
  ...["program", "command", "exe", "cwd", "cgroup", "execs", "failed_execs"],
  ...["samples", "samples_cpu_ns", ...DELAY_FIGURES.map(snakeCase)],
];

/**
 * A row a task, RFC 4180 with CRLF, UTF-8 without a mark; nanoseconds and bytes; an empty cell is not known. `start_ns` counts
 * from the start of the trace. Text is always in quotes, with what cannot be seen as `\uNNNN`; where a spreadsheet would
 * take it for a formula, an apostrophe stands before it, also where one that splits at semicolons would.
 */
export const writeCsv: Export = async (model, write) => {
  const pieces = new Pieces(write);
  const names = programNames(model);
  const wallNs = model.wallClockNs;
  await pieces.add(`${COLUMNS.join(",")}\r\n`);
  for (const task of model.tasks) {
    const full = pieces.add(`${row(model, task, names[task.index] ?? "?", wallNs).join(",")}\r\n`);
    if (full) await full;
  }
  await pieces.flush();
};

function row(
  model: TraceModel,
  task: ModelTask,
  program: string,
  wallNs: bigint | undefined,
): readonly (string | number)[] {
  const exec = lastExec(task);
  const ids = task.ids.at(-1);
  const { exit, samples, delays } = task;
  return [
    cell(task.id),
    task.pid,
    task.tgid,
    task.ppid,
    cell(model.tasks[task.parent]?.id),
    task.startNs,
    wallNs === undefined ? "" : utc(wallNs + BigInt(Math.round(task.startNs))),
    task.endNs - task.startNs,
    exit === undefined ? 0 : 1,
    exit?.code ?? "",
    exit?.signal ?? "",
    exit === undefined ? "" : Number(exit.coreDumped),
    ids?.ruid ?? "",
    ids?.euid ?? "",
    ids?.rgid ?? "",
    ids?.egid ?? "",
    cell(program),
    cell(commandLine(model, task)),
    cell(exec?.exe),
    cell(exec?.cwd),
    cell(exec?.cgroup),
    task.execs.length,
    task.failedExecs.length,
    samples?.samples ?? "",
    samples?.cpuNs ?? "",
    ...DELAY_FIGURES.map((name) => delays?.figures[name] ?? ""),
  ];
}

/** ISO 8601 with microseconds; empty for a time that no calendar has. */
function utc(ns: bigint): string {
  const date = new Date(Number(ns / 1_000_000n));
  if (Number.isNaN(date.getTime()) || ns < 0n) return "";
  const micros = String((ns / 1000n) % 1000n).padStart(3, "0");
  return date.toISOString().replace("Z", `${micros}Z`);
}

// What Excel, LibreOffice and Google Sheets begin a formula with, in full width too.
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;
/** Where a reader that splits at semicolons would begin a cell. */
const AFTER_SEMICOLON = /;(?=["\s]*[=+\-@\uff1d\uff0b\uff0d\uff20])/gu;

function cell(text: string | undefined): string {
  if (text === undefined) return "";
  const visible = visibleText(text).replace(AFTER_SEMICOLON, ";'");
  const inert = FORMULA.test(visible) ? `'${visible}` : visible;
  return `"${inert.replaceAll('"', '""')}"`;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
}
