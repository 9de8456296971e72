import { count, formatDuration, grouped } from "../report/format.ts";
import type { Style } from "../report/style.ts";
import { headLine, rowLine, SORT_KEYS, type UserName } from "./columns.ts";
import { inspectionLines } from "./inspection.ts";
import type { Row } from "./rows.ts";
import type { Snapshot } from "./snapshot.ts";
import { toWidth } from "./text-width.ts";
import type { ViewState } from "./view-state.ts";

/** What a picture shows beside the tasks. All text is fit for a terminal. */
export interface PictureParts {
  readonly style: Style;
  readonly title: string;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly beginNs: bigint;
  readonly user: UserName;
  /** The latest lines of the command's output; absent when it has a place of its own. */
  readonly output: readonly string[] | undefined;
  /** The latest thing said to the user; empty for none. */
  readonly note: string;
  /** What ends it. */
  readonly ends: string;
}

export interface PictureSize {
  readonly columns: number;
  readonly rows: number;
}

/** Fewer rows than these have no room for output. */
const OUTPUT_FROM_ROWS = 16;
const OUTPUT_ROWS = 8;
const OUTPUT_PART = 5;

/** Rows of tasks that there is room for. */
export function roomFor(state: ViewState, { rows }: PictureSize, parts: PictureParts): number {
  const others = 4 + (parts.note === "" ? 0 : 1) + outputRows(state, rows, parts);
  return Math.max(1, rows - others);
}

/** The whole screen, a string a line, each exactly as wide as it is. */
export function pictureLines(
  snapshot: Snapshot,
  rows: readonly Row[],
  state: ViewState,
  parts: PictureParts,
  size: PictureSize,
): string[] {
  const { columns } = size;
  const { style } = parts;
  const room = roomFor(state, size, parts);
  const chosen = rows.find(({ task }) => task.id === state.chosen);
  const body =
    state.isInspecting && chosen
      ? inspectionLines(chosen.task, snapshot.nowNs, parts.user, columns).slice(0, room)
      : tableLines(rows, state, parts, room, columns);
  return [
    style.bold(toWidth(totals(snapshot, parts), columns)),
    toWidth(rates(snapshot, rows, state), columns),
    style.dim(toWidth(state.isInspecting && chosen ? "" : headLine(state, columns), columns)),
    ...body.map((line) => line || " ".repeat(columns)),
    ...Array.from({ length: Math.max(0, room - body.length) }, () => " ".repeat(columns)),
    ...outputLines(state, parts, size),
    ...(parts.note === "" ? [] : [style.red(toWidth(parts.note, columns))]),
    style.dim(toWidth(help(state, state.isTyping ? "" : parts.ends, columns), columns)),
  ].slice(0, size.rows);
}

/** Where the first row on the screen stands among all, so that the chosen one is in sight. */
export function firstShown(rows: readonly Row[], chosen: string | undefined, room: number): number {
  const at = rows.findIndex(({ task }) => task.id === chosen);
  return Math.max(0, Math.min(at - Math.floor(room / 2), rows.length - room));
}

function tableLines(
  rows: readonly Row[],
  state: ViewState,
  { style, user }: PictureParts,
  room: number,
  columns: number,
): string[] {
  const first = firstShown(rows, state.chosen, room);
  if (rows.length === 0) {
    return [style.dim(toWidth(state.filter === "" ? "no task lives" : "none found", columns))];
  }
  return rows.slice(first, first + room).map((row) => {
    const isChosen = row.task.id === state.chosen;
    const line = rowLine(row, user, isChosen, columns);
    if (isChosen) return inverse(line, style);
    if (row.hasFailed) return style.red(line);
    return row.isEnded || row.isContext ? style.dim(line) : line;
  });
}

function totals(
  { nowNs, alive, forks, failed, lost, lostUncounted }: Snapshot,
  parts: PictureParts,
): string {
  const elapsed = nowNs > parts.beginNs ? nowNs - parts.beginNs : 0n;
  const more = lostUncounted > 0 ? " and more" : "";
  return [
    formatDuration(elapsed),
    `${grouped(alive)} alive`,
    count(forks, "fork"),
    `${grouped(failed)} failed`,
    `lost ${grouped(lost)}${more}`,
    parts.title,
  ].join("  ");
}

function rates({ rates }: Snapshot, rows: readonly Row[], state: ViewState): string {
  const perSecond = (n: number, what: string): string => `${grouped(Math.round(n))} ${what}/s`;
  const { filter, isTyping } = state;
  return [
    perSecond(rates.forks, "forks"),
    perSecond(rates.execs, "execs"),
    perSecond(rates.exits, "exits"),
    ...(filter === "" && !isTyping
      ? []
      : [`filter: ${filter}${isTyping ? "_" : ""} (${rows.length})`]),
    ...(state.showsEnded ? ["with ended"] : []),
    ...(state.isFrozen ? ["FROZEN"] : []),
  ].join("  ");
}

/** As many as there is room for, those that are needed most first; what ends it is always there. */
function help(state: ViewState, ends: string, columns: number): string {
  const left = [...keysOf(state)];
  let text = "";
  for (const key of left) {
    const more = text + key + GAP;
    if (more.length + ends.length > columns) break;
    text = more;
  }
  return text + ends;
}

const GAP = "  ";

function keysOf({ isTyping, isInspecting, isTree }: ViewState): readonly string[] {
  if (isTyping) return ["type to filter", "Enter keep", "Esc clear"];
  if (isInspecting) return ["↑↓ another", "Enter back"];
  return [
    "↑↓ Enter inspect",
    "Space fold",
    `${SORT_KEYS} sort`,
    "/ filter",
    "f freeze",
    isTree ? "t list" : "t tree",
    "e ended",
  ];
}

function outputRows(state: ViewState, rows: number, { output }: PictureParts): number {
  if (output === undefined || state.isInspecting || rows < OUTPUT_FROM_ROWS) return 0;
  return Math.min(OUTPUT_ROWS, Math.floor(rows / OUTPUT_PART)) + 1;
}

function outputLines(
  state: ViewState,
  parts: PictureParts,
  { rows, columns }: PictureSize,
): string[] {
  const room = outputRows(state, rows, parts) - 1;
  if (room < 0) return [];
  const lines = (parts.output ?? []).slice(-room);
  const title = "── output of the command; all of it comes at the end ";
  return [
    parts.style.dim(toWidth(title + "─".repeat(columns), columns).replace(/…$/u, "─")),
    ...lines.map((line) => toWidth(line, columns)),
    ...Array.from({ length: room - lines.length }, () => " ".repeat(columns)),
  ];
}

/** Where colours are wanted; the mark at its beginning is there anyway. */
function inverse(line: string, style: Style): string {
  return style.bold("") === "" ? line : `\u001b[7m${line}\u001b[27m`;
}
