import { ageText, bytesText, percentText } from "./figures-text.ts";
import type { Row } from "./rows.ts";
import { toWidth } from "./text-width.ts";
import { type Sort, SORTS, type ViewState } from "./view-state.ts";

/** A column of the table; its text is to the right. */
interface Column {
  readonly head: string;
  readonly width: number;
  /** A terminal of fewer columns has no room for it. */
  readonly from: number;
  readonly sort?: Sort;
  readonly text: (row: Row, user: UserName) => string;
}

/** Name of a user, fit for a terminal. */
export type UserName = (euid: number) => string;

const COLUMNS: readonly Column[] = [
  { head: "PID", width: 7, from: 0, text: ({ task }) => String(task.pid) },
  { head: "PPID", width: 7, from: 140, text: ({ task }) => String(task.ppid) },
  {
    head: "USER",
    width: 8,
    from: 100,
    text: ({ euid }, user) => (euid === undefined ? "" : user(euid)),
  },
  {
    head: "S",
    width: 1,
    from: 120,
    text: ({ task, isEnded }) => (isEnded ? "" : (task.figures?.state ?? "")),
  },
  {
    head: "RSS",
    width: 5,
    from: 120,
    text: ({ task, isEnded }) => (isEnded ? "" : bytesText(task.figures?.rssBytes)),
  },
  { head: "CPU%", width: 5, from: 0, sort: "cpu", text: ({ cpu }) => percentText(cpu) },
  { head: "WAIT%", width: 5, from: 60, sort: "wait", text: ({ wait }) => percentText(wait) },
  {
    head: "I/O/s",
    width: 5,
    from: 60,
    sort: "io",
    text: ({ ioBytesPerSecond }) => bytesText(ioBytesPerSecond),
  },
  { head: "AGE", width: 6, from: 0, sort: "age", text: ({ ageNs }) => ageText(ageNs) },
  { head: "EXECS", width: 5, from: 70, sort: "execs", text: ({ execs }) => String(execs) },
];

/** The figures that an ended task has no use for: how it ended stands there. */
const LIVING: ReadonlySet<string> = new Set(["CPU%", "WAIT%", "I/O/s"]);

/** The table's head; what it is sorted by is between arrows. */
export function headLine({ sort, isReversed }: ViewState, columns: number): string {
  const cells = shownIn(columns).map((column) => {
    const isSorted = column.sort === sort;
    const head = isSorted ? `${isReversed ? "▲" : "▼"}${column.head}` : column.head;
    return right(head, Math.max(column.width, isSorted ? head.length : 0));
  });
  return toWidth(` ${cells.join(" ")} COMMAND`, columns);
}

/** A row of the table, exactly as wide as the terminal. */
export function rowLine(row: Row, user: UserName, isChosen: boolean, columns: number): string {
  const shown = shownIn(columns);
  let text = isChosen ? "›" : " ";
  for (const [i, column] of shown.entries()) {
    if (i > 0) text += " ";
    if (!row.isEnded || !LIVING.has(column.head)) {
      text += right(column.text(row, user), column.width);
    } else if (column.head === "CPU%") {
      const width = shown
        .filter(({ head }) => LIVING.has(head))
        .reduce((sum, { width }) => sum + width + 1, -1);
      text += toWidth(`ended ${row.task.end?.text ?? ""}`, width);
    } else {
      // The end's words took its place, and its blank.
      text = text.slice(0, -1);
    }
  }
  const fold = row.hidden > 0 ? `[+${row.hidden}] ` : "";
  return toWidth(`${text} ${row.branch}${fold}${row.command}`, columns);
}

/** Keys of the sorts, as the help names them. */
export const SORT_KEYS: string = Object.values(SORTS).join(" ");

function shownIn(columns: number): Column[] {
  return COLUMNS.filter(({ from }) => columns >= from);
}

function right(text: string, width: number): string {
  const fitted = toWidth(text, width).trimEnd();
  return " ".repeat(Math.max(0, width - fitted.length)) + fitted;
}
