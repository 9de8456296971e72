import { durationText, grouped } from "../export/figures.ts";
import type { ProgramChange, TraceComparison, TraceFigures } from "./compare-traces.ts";

/** One figure of both traces and what became of it. */
export interface FigureRow {
  readonly name: string;
  readonly a: string;
  readonly b: string;
  readonly change: string;
}

/** The traces as a whole. What neither has is left out. */
export function totalRows({ a, b }: TraceComparison): FigureRow[] {
  const rows: (FigureRow | undefined)[] = [
    duration("took", a.durationNs, b.durationNs),
    number("tasks", a, b, "tasks"),
    number("failed", a, b, "failed"),
    number("events lost", a, b, "lost"),
    duration("on CPU", a.onCpuNs, b.onCpuNs),
    duration("waited for a CPU", a.waitCpuNs, b.waitCpuNs),
    duration("waited for block I/O", a.blkioNs, b.blkioNs),
  ];
  return rows.filter((row) => row !== undefined);
}

/** Columns of a program's row, in that order; waits are for a CPU and for block I/O. */
export const PROGRAM_COLUMNS = ["runs", "failed", "total", "CPU", "waits"] as const;

/** What became of each figure of a program: `"4 → 6"`, or one value where it is the same. */
export function programCells({ a, b }: ProgramChange): string[] {
  const waits = (side: typeof a): number | undefined =>
    side?.waitCpuNs === undefined && side?.blkioNs === undefined
      ? undefined
      : (side.waitCpuNs ?? 0) + (side.blkioNs ?? 0);
  return [
    both(grouped(a?.count ?? 0), grouped(b?.count ?? 0)),
    both(grouped(a?.failed ?? 0), grouped(b?.failed ?? 0)),
    both(durationOr(a?.wallNs), durationOr(b?.wallNs)),
    both(durationOr(a?.onCpuNs), durationOr(b?.onCpuNs)),
    both(durationOr(waits(a)), durationOr(waits(b))),
  ];
}

/** `"+12 %"`, `"×3.4"`, `"same"`; with the difference where a part of nothing has no meaning. */
export function changeText(a: number, b: number, difference: string): string {
  if (a === b) return "same";
  if (a <= 0) return difference;
  const ratio = b / a;
  if (ratio >= 3) return `×${ratio.toPrecision(2)}`;
  const percent = Math.round((ratio - 1) * 100);
  if (percent === 0) return "same";
  return `${percent > 0 ? "+" : ""}${percent} %`;
}

/** How the sum of a program's lives changed: in parts, or that it is new, or gone. */
export function programChange({ a, b }: ProgramChange): string {
  if (a === undefined) return "new";
  return b === undefined ? "gone" : changeText(a.wallNs, b.wallNs, "");
}

/** A duration with its sign. */
export function signedDuration(ns: number): string {
  return ns > 0 ? `+${durationText(ns)}` : durationText(ns);
}

function both(a: string, b: string): string {
  return a === b ? a : `${a} → ${b}`;
}

function durationOr(ns: number | undefined): string {
  return ns === undefined ? "-" : durationText(ns);
}

function duration(
  name: string,
  a: number | undefined,
  b: number | undefined,
): FigureRow | undefined {
  if (a === undefined && b === undefined) return undefined;
  const isBoth = a !== undefined && b !== undefined;
  const change = isBoth ? changeText(a, b, signedDuration(b - a)) : "";
  return { name, a: durationOr(a), b: durationOr(b), change };
}

function number(
  name: string,
  a: TraceFigures,
  b: TraceFigures,
  field: "tasks" | "failed" | "lost",
): FigureRow {
  const difference = b[field] - a[field];
  const change = changeText(
    a[field],
    b[field],
    `${difference > 0 ? "+" : ""}${grouped(difference)}`,
  );
  return { name, a: grouped(a[field]), b: grouped(b[field]), change };
}
