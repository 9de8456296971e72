import { commandLine, programName, shellCommand } from "../model/command.ts";
import { hasFailed, isExecuted, lastExec } from "../model/outcome.ts";
import type { ModelTask, TraceModel } from "../model/trace-model.ts";
import { concurrencyOf } from "./counters.ts";
import { endText } from "./ends.ts";
import type { Export } from "./export.ts";
import { count, durationText, grouped } from "./figures.ts";
import { gantt } from "./gantt.ts";
import { code, escaped, table } from "./markdown-text.ts";
import { ownTimeNs } from "./own-time.ts";
import { totalsBy } from "./command-totals.ts";
import { familyOf, programNames } from "./task-order.ts";

/** Rows of each table. */
const SLOWEST = 15;
const FAILED = 20;
const PROGRAMS = 20;
const NOTES = 20;

/**
 * A summary in GitHub-flavoured Markdown, a few kilobytes however long the trace: for a job's page (`>> $GITHUB_STEP_SUMMARY`)
 * or a comment. What failed, the slowest by the time that no child of theirs took, as a mermaid Gantt chart and a table, and
 * all programs added up. Text of other processes is inert in it.
 */
export const writeMarkdown: Export = async (model, write) => {
  const sections = [head(model), failed(model), slowest(model), programs(model), notes(model)];
  await write(`${sections.filter((section) => section !== "").join("\n\n")}\n`);
};

function head(model: TraceModel): string {
  const { header, tasks, losses, endNs } = model;
  const title = header?.command ? code(shellCommand(header.command)) : "Tasks";
  const bad = tasks.filter(hasFailed).length;
  let peak = 0;
  for (const [, alive] of concurrencyOf(model)) peak = Math.max(peak, alive);
  const lost = losses.reduce((total, { count: n }) => total + (n ?? 0), 0);
  const uncounted = losses.some(({ count: n }) => n === null) ? " and more" : "";
  const facts = [
    `**${count(tasks.length, "task")}**`,
    `**${grouped(bad)} failed**`,
    durationText(endNs),
    `at most ${grouped(peak)} at a time`,
    `${count(lost, "event")}${uncounted} lost`,
  ];
  return `## ${title}\n\n${facts.join(" · ")}`;
}

function failed(model: TraceModel): string {
  const bad = model.tasks.filter(hasFailed);
  if (bad.length === 0) return "";
  const more =
    bad.length > FAILED ? `\n\n… and ${grouped(bad.length - FAILED)} more that failed.` : "";
  const rows = bad.slice(0, FAILED).map((task) => taskRow(model, task));
  return `### Failed\n\n${table(TASK_HEADS, rows)}${more}`;
}

const TASK_HEADS = ["Command", "End", ">Took", ">Pid"];

function taskRow(model: TraceModel, task: ModelTask): readonly (string | number)[] {
  const took = durationText(task.endNs - task.startNs);
  return [code(commandLine(model, task)), escaped(endText(task)), took, task.pid];
}

function slowest(model: TraceModel): string {
  const family = familyOf(model);
  const all = model.tasks
    .filter((task) => !task.existing && isExecuted(task))
    .map((task) => ({ task, ownNs: ownTimeNs(family, task) }))
    .sort((a, b) => b.ownNs - a.ownNs)
    .slice(0, SLOWEST);
  if (all.length === 0) return "";
  const bars = all
    .map(({ task }) => ({ task, name: shortCommand(model, task) }))
    .sort((a, b) => a.task.startNs - b.task.startNs);
  const rows = all.map(({ task, ownNs }) => [
    code(commandLine(model, task)),
    durationText(ownNs),
    ...taskRow(model, task).slice(1),
  ]);
  const heads = ["Command", ">Own time", "End", ">Took", ">Pid"];
  return `### Slowest\n\n${gantt(bars)}\n\n${table(heads, rows)}`;
}

/** The program by its name alone, and its arguments. */
function shortCommand(model: TraceModel, task: ModelTask): string {
  const args = lastExec(task)?.argv?.slice(1) ?? [];
  return [programName(model, task), ...args].join(" ");
}

function programs(model: TraceModel): string {
  const names = programNames(model);
  const ran = model.tasks.filter((task) => isExecuted(task));
  const all = [...totalsBy(ran, (task) => names[task.index] ?? "?")].sort(
    ([, a], [, b]) => b.wallNs - a.wallNs,
  );
  if (all.length === 0) return "";
  const rows = all
    .slice(0, PROGRAMS)
    .map(([name, totals]) => [
      code(name, 60),
      grouped(totals.count),
      grouped(totals.failed),
      durationText(totals.wallNs),
      durationText(totals.p50Ns),
      durationText(totals.p95Ns),
      durationText(totals.maxNs),
      totals.onCpuNs === undefined ? "" : durationText(totals.onCpuNs),
    ]);
  const heads = ["Program", ">Runs", ">Failed", ">Total", ">Median", ">95 %", ">Longest", ">CPU"];
  const more = all.length > PROGRAMS ? `\n\n… and ${grouped(all.length - PROGRAMS)} more.` : "";
  return `### Programs\n\n${table(heads, rows)}${more}`;
}

function notes({ notes }: TraceModel): string {
  if (notes.length === 0) return "";
  const lines = notes.slice(0, NOTES).map((note) => `- ${escaped(note)}`);
  const more = notes.length > NOTES ? [`- and ${notes.length - NOTES} more`] : [];
  return `### Notes\n\n${[...lines, ...more].join("\n")}`;
}
