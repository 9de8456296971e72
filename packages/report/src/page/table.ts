import { count } from "../model/format.ts";
import { button, element } from "./dom.ts";

/** One column of a table. */
export interface Column<T> {
  readonly label: string;
  /** What a cell shows. */
  text(row: T): string;
  /** What a click on the heading sorts by, the most first; absent for a column that is not sorted. */
  value?(row: T): number | string;
  readonly isNumber?: boolean;
  /** Takes what room is left, and is cut off. */
  readonly isWide?: boolean;
  /** How long the bar behind the cell is, from 0 to 1. */
  bar?(row: T): number;
  /** Class of the cell. */
  tone?(row: T): string | undefined;
}

export interface TableOptions<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  onRow?(row: T): void;
  /** Said when there is no row. */
  readonly empty: string;
}

/** Rows shown at first, and more each time they are asked for. */
const STEP = 200;

/** A table that can be sorted, whose rows can be chosen with mouse and keyboard. */
export function table<T>(rows: readonly T[], options: TableOptions<T>): HTMLElement {
  if (rows.length === 0) return element("p", { class: "empty" }, options.empty);
  let sorted = rows;
  let [by, isDescending] = [-1, true];
  let shown = STEP;
  const body = element("tbody");
  const more = button("", { class: "more" }, () => {
    shown += STEP * 5;
    draw();
  });
  const heads = options.columns.map((column, i) => head(column, () => sortBy(i)));
  const sortBy = (i: number): void => {
    const { value } = options.columns[i] ?? {};
    if (value === undefined) return;
    isDescending = by === i ? !isDescending : true;
    by = i;
    const sign = isDescending ? -1 : 1;
    sorted = rows.toSorted((a, b) => sign * compare(value(a), value(b)));
    heads.forEach((cell, j) => {
      const order = isDescending ? "descending" : "ascending";
      cell.setAttribute("aria-sort", j === i ? order : "none");
    });
    draw();
  };
  const draw = (): void => {
    body.replaceChildren(...sorted.slice(0, shown).map((row) => line(row, options)));
    more.hidden = sorted.length <= shown;
    more.textContent = `Show more (${count(sorted.length - shown)} left)`;
  };
  draw();
  const top = element("thead", {}, element("tr", {}, ...heads));
  return element(
    "div",
    { class: "table" },
    element("table", { "aria-label": options.label }, top, body),
    more,
  );
}

function head<T>(column: Column<T>, onSort: () => void): HTMLTableCellElement {
  const style = [column.isNumber && "number", column.isWide && "wide"].filter(Boolean).join(" ");
  const content = column.value ? button(column.label, {}, onSort) : column.label;
  return element("th", { scope: "col", class: style || undefined }, content);
}

function line<T>(row: T, { columns, onRow }: TableOptions<T>): HTMLTableRowElement {
  const cells = columns.map((column) => {
    const text = column.text(row);
    const style = [column.isNumber && "number", column.isWide && "wide", column.tone?.(row)];
    const cell = element("td", { class: style.filter(Boolean).join(" ") || undefined }, text);
    if (column.isWide) cell.title = cell.textContent;
    if (column.bar) {
      cell.classList.add("bar");
      cell.style.setProperty("--part", `${Math.min(100, 100 * column.bar(row)).toFixed(2)}%`);
    }
    return cell;
  });
  const made = element("tr", {}, ...cells);
  if (onRow === undefined) return made;
  made.tabIndex = 0;
  made.classList.add("choice");
  made.addEventListener("click", () => onRow(row));
  made.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onRow(row);
    }
    const beside =
      event.key === "ArrowDown" ? made.nextElementSibling : made.previousElementSibling;
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    if (beside instanceof HTMLElement) beside.focus();
  });
  return made;
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [String(a), String(b)];
  return left < right ? 1 : left > right ? -1 : 0;
}
