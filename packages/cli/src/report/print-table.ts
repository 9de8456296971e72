import type { SummaryTable } from "@task-watchers/chain";
import type { Style } from "./style.ts";
import { fit, printable, wrapped } from "./terminal-text.ts";

/** Columns between two cells. */
const GAP = "  ";

/** A module's table for people. Its text may be another process's: nothing in it reaches the terminal as it is. */
export function tableLines(table: SummaryTable, style: Style, columns: number): string[] {
  const heading = table.columns.map(({ name }) => printable(name));
  const rows = table.rows.map((row) => heading.map((_, i) => printable(row[i] ?? "")));
  const widths = heading.map((name, i) =>
    Math.max(name.length, ...rows.map((row) => (row[i] ?? "").length)),
  );
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, i) => {
      const width = widths[i] ?? 0;
      if (table.columns[i]?.align === "right") return cell.padStart(width);
      // The last one needs no room behind it.
      return i === cells.length - 1 ? cell : cell.padEnd(width);
    });
    return fit(`${GAP}${padded.join(GAP)}`, columns);
  };
  return [
    style.bold(fit(`${printable(table.title)}:`, columns)),
    ...(rows.length > 0 ? [style.dim(line(heading)), ...rows.map(line)] : []),
    ...table.notes
      .flatMap((note) => wrapped(printable(note), columns - GAP.length))
      .map((note) => style.dim(GAP + note)),
  ];
}
