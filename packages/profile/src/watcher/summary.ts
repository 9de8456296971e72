import type { SummaryTable } from "@task-watchers/chain";
import type { Frame } from "../symbols/frame.ts";
import type { CommandTotal } from "./command-totals.ts";
import { formatNs, formatPart } from "./format.ts";
import { hotFunctions } from "./hot-functions.ts";

/** Rows of the table of commands. */
const COMMANDS = 20;
/** Commands whose functions are listed. */
const DETAILED_COMMANDS = 5;
/** Functions listed of each. */
const FUNCTIONS = 10;
/** Characters of a name, at most. */
const COMMAND_LENGTH = 40;
const FUNCTION_LENGTH = 80;

/** CPU time by command, then the functions of those that took most of it. Raw text of other processes. */
export function summaryTables(
  totals: readonly CommandTotal[],
  frames: readonly Frame[],
  notes: readonly string[],
): SummaryTable[] {
  const cpuNs = totals.reduce((sum, { tally }) => sum + tally.cpuNs, 0);
  const more = totals.length - COMMANDS;
  return [
    {
      title: "CPU time by command, sampled",
      columns: [
        { name: "command", align: "left" },
        { name: "tasks", align: "right" },
        { name: "CPU", align: "right" },
        { name: "of all", align: "right" },
        { name: "in kernel", align: "right" },
        { name: "samples", align: "right" },
      ],
      rows: totals
        .slice(0, COMMANDS)
        .map(({ command, tasks, tally }) => [
          shortened(command, COMMAND_LENGTH),
          String(tasks),
          formatNs(tally.cpuNs),
          formatPart(tally.cpuNs, cpuNs),
          formatPart(tally.kernelNs, tally.cpuNs),
          String(tally.samples),
        ]),
      notes: [...(more > 0 ? [`${more} more commands took less`] : []), ...notes],
    },
    ...totals.slice(0, DETAILED_COMMANDS).map((total) => functionTable(total, frames)),
  ];
}

function functionTable({ command, tally }: CommandTotal, frames: readonly Frame[]): SummaryTable {
  return {
    title: `Hottest functions of ${shortened(command, COMMAND_LENGTH)}`,
    columns: [
      { name: "self", align: "right" },
      { name: "CPU", align: "right" },
      { name: "samples", align: "right" },
      // Behind the figures: names are longer than a terminal is wide.
      { name: "function", align: "left" },
      { name: "in", align: "left" },
    ],
    rows: hotFunctions(tally, frames, FUNCTIONS).map(({ frame, samples, ns }) => [
      formatPart(ns, tally.cpuNs),
      formatNs(ns),
      String(samples),
      shortened(frame.name, FUNCTION_LENGTH),
      frame.module,
    ]),
    notes: [],
  };
}

/** In the middle: names differ at their ends. */
function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const begin = Math.ceil((length - 1) / 2);
  return `${text.slice(0, begin)}…${text.slice(begin + 1 - length)}`;
}
