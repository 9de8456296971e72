import { count, durationText } from "../export/figures.ts";
import { cut, visibleText } from "../export/visible-text.ts";
import type { CommandOf, TraceComparison } from "./compare-traces.ts";
import {
  PROGRAM_COLUMNS,
  programCells,
  programChange,
  signedDuration,
  totalRows,
} from "./comparison-figures.ts";
import type { Move } from "./moves.ts";

/** How a comparison is told on a terminal. */
export interface ComparisonTextOptions {
  /** Columns a line may take (default 120). */
  readonly columns?: number;
  /** Rows of each list (default 15). */
  readonly rows?: number;
}

/** The comparison for a terminal: lines without colour, in which text of other processes is harmless. */
export function comparisonText(
  comparison: TraceComparison,
  { columns = 120, rows = 15 }: ComparisonTextOptions = {},
): string {
  const sections = [
    titles(comparison),
    aligned(totalRows(comparison).map(({ name, a, b, change }) => [name, a, "→", b, change])),
    programs(comparison, rows),
    commands("Only in A", comparison.onlyA, rows),
    commands("Only in B", comparison.onlyB, rows),
    moves(comparison.moved, rows),
    notes(comparison.notes, rows),
  ];
  const lines = sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  const fitted = lines
    .join("\n\n")
    .split("\n")
    .map((line) => cut(line, Math.max(20, columns)));
  return `${fitted.join("\n")}\n`;
}

function titles({ a, b }: TraceComparison): string[] {
  const title = (command: readonly string[] | undefined): string =>
    command === undefined ? "no command" : visibleText(command.join(" "));
  return [`A  ${title(a.command)}`, `B  ${title(b.command)}`];
}

function programs({ programs }: TraceComparison, rows: number): string[] {
  if (programs.length === 0) return ["No program ran."];
  const shown = programs
    .slice(0, rows)
    .map((change) => [
      cut(visibleText(change.program), 20),
      signedDuration(change.grownNs),
      programChange(change),
      ...programCells(change),
    ]);
  const heads = ["Programs", "grown by", "", ...PROGRAM_COLUMNS];
  return [...aligned([heads, ...shown]), ...more(programs.length - rows, "program")];
}

function commands(title: string, only: readonly CommandOf[], rows: number): string[] {
  if (only.length === 0) return [`${title}: nothing`];
  const lines = only
    .slice(0, rows)
    .map(({ command, totals }) => [
      `  ${count(totals.count, "run")}`,
      durationText(totals.wallNs),
      totals.failed > 0 ? `${totals.failed} failed` : "",
      visibleText(command),
    ]);
  return [
    `${title}: ${count(only.length, "command line")}`,
    ...aligned(lines),
    ...more(only.length - rows, "command line"),
  ];
}

function moves(moved: readonly Move[], rows: number): string[] {
  if (moved.length === 0) return ["Nothing moved."];
  const lines = moved
    .slice(0, rows)
    .map(({ command, startANs, startBNs, placeA, placeB, parents }) => [
      `  ${durationText(startANs)} → ${durationText(startBNs)}`,
      `${percent(placeA)} → ${percent(placeB)}`,
      parents === undefined ? "" : `${visibleText(parents.a)} → ${visibleText(parents.b)}`,
      visibleText(command),
    ]);
  return [
    `Moved: ${count(moved.length, "command line")} (begins at; place in the trace; runs under)`,
    ...aligned(lines),
    ...more(moved.length - rows, "command line"),
  ];
}

function notes(all: readonly string[], rows: number): string[] {
  if (all.length === 0) return [];
  return [
    "Notes",
    ...all.slice(0, rows).map((note) => `  ${visibleText(note)}`),
    ...more(all.length - rows, "note"),
  ];
}

function more(hidden: number, noun: string): string[] {
  return hidden > 0 ? [`  and ${count(hidden, noun)} more`] : [];
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

/** Cells in columns; the first and the last stand to the left, those between to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: width }, (_, i) =>
    Math.max(0, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, i) => {
        if (i === row.length - 1) return cell;
        const columns = widths[i] ?? 0;
        return i === 0 ? cell.padEnd(columns) : cell.padStart(columns);
      })
      .join("  ")
      .trimEnd(),
  );
}
