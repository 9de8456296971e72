import { count, durationText, grouped } from "../export/figures.ts";
import { code, escaped, table } from "../export/markdown-text.ts";
import { shellCommand } from "../model/command.ts";
import type { CommandOf, TraceComparison } from "./compare-traces.ts";
import {
  PROGRAM_COLUMNS,
  programCells,
  programChange,
  signedDuration,
  totalRows,
} from "./comparison-figures.ts";
import type { Move } from "./moves.ts";

/** Rows of each table. */
const ROWS = 20;

/** The comparison in GitHub-flavoured Markdown, for a job's page or a comment. Text of other processes is inert in it. */
export function comparisonMarkdown(comparison: TraceComparison): string {
  const { a, b, programs, onlyA, onlyB, moved, notes } = comparison;
  const totals = totalRows(comparison).map(({ name, a, b, change }) => [name, a, b, change]);
  const changes = programs
    .slice(0, ROWS)
    .map((change) => [
      code(change.program, 60),
      signedDuration(change.grownNs),
      programChange(change),
      ...programCells(change),
    ]);
  const heads = ["Program", ">Grown by", ">", ...PROGRAM_COLUMNS.map((name) => `>${name}`)];
  const sections = [
    `## ${title(a.command)} → ${title(b.command)}`,
    table(["", ">Before", ">After", ">Change"], totals),
    section("Programs", programs.length, table(heads, changes)),
    section("Ran only before", onlyA.length, commands(onlyA)),
    section("Ran only after", onlyB.length, commands(onlyB)),
    section("Moved", moved.length, moves(moved)),
    section(
      "Notes",
      notes.length,
      notes
        .slice(0, ROWS)
        .map((note) => `- ${escaped(note)}`)
        .join("\n"),
    ),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

function title(command: readonly string[] | undefined): string {
  return command === undefined ? "no command" : code(shellCommand(command), 80);
}

function section(name: string, length: number, body: string): string {
  if (length === 0) return "";
  const more = length > ROWS ? `\n\n… and ${grouped(length - ROWS)} more.` : "";
  return `### ${name}\n\n${body}${more}`;
}

function commands(only: readonly CommandOf[]): string {
  const rows = only
    .slice(0, ROWS)
    .map(({ command, totals }) => [
      code(command),
      count(totals.count, "run"),
      grouped(totals.failed),
      durationText(totals.wallNs),
    ]);
  return table(["Command", ">Runs", ">Failed", ">Total"], rows);
}

function moves(moved: readonly Move[]): string {
  const rows = moved
    .slice(0, ROWS)
    .map(({ command, startANs, startBNs, parents }) => [
      code(command),
      durationText(startANs),
      durationText(startBNs),
      parents === undefined ? "" : `${code(parents.a, 40)} → ${code(parents.b, 40)}`,
    ]);
  return table(["Command", ">Began at", ">Begins at", "Runs under"], rows);
}
