import type { Lanes } from "../../model/lanes.ts";
import type { Report } from "../report.ts";
import type { Store } from "../store.ts";

/** Height of the axis, CSS pixels. */
export const AXIS = 24;
/** Heights a lane can have, CSS pixels. */
export const LANE_HEIGHTS = [6, 9, 13, 17, 21, 26] as const;
/** A lane of this height has text. */
export const TEXT_HEIGHT = 13;

/** Where things are on the timeline, CSS pixels. */
export class Geometry {
  width = 1;
  height = 1;
  laneHeight = 17;
  scrollTop = 0;
  lanes: Lanes = { rows: 0, rowOf: new Int32Array(), bars: [], heads: [] };
  readonly #store: Store;
  readonly #report: Report;

  constructor(report: Report, store: Store) {
    this.#report = report;
    this.#store = store;
  }

  /** Width of the tree's labels. */
  get gutter(): number {
    return this.width < 600 ? 96 : Math.min(230, Math.round(this.width * 0.2));
  }

  /** Of all lanes and the axis. */
  get contentHeight(): number {
    return AXIS + this.lanes.rows * this.laneHeight + 8;
  }

  get nsPerPixel(): number {
    return (this.#store.toNs - this.#store.fromNs) / Math.max(this.width - this.gutter, 1);
  }

  x(ns: number): number {
    return this.gutter + (ns - this.#store.fromNs) / this.nsPerPixel;
  }

  ns(x: number): number {
    return this.#store.fromNs + (x - this.gutter) * this.nsPerPixel;
  }

  y(row: number): number {
    return AXIS + row * this.laneHeight - this.scrollTop;
  }

  rowAt(y: number): number {
    return y < AXIS ? -1 : Math.floor((y - AXIS + this.scrollTop) / this.laneHeight);
  }

  /** The first and the last lane that can be seen. */
  visibleRows(): [first: number, last: number] {
    const first = Math.floor(this.scrollTop / this.laneHeight);
    const last = Math.ceil((this.scrollTop + this.height - AXIS) / this.laneHeight);
    return [Math.max(0, first), Math.min(this.lanes.rows - 1, last)];
  }

  /** Place in a lane of the first bar that may be seen from a moment on. */
  firstBar(bars: readonly number[], fromNs: number): number {
    let [low, high] = [0, bars.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const start = this.#report.task(bars[middle] ?? -1)?.startNs ?? 0;
      if (start < fromNs) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** The task under a point, or so near to it that the finger meant it; -1 for none. */
  taskAt(x: number, y: number): number {
    const row = this.rowAt(y);
    if (row < 0 || row >= this.lanes.rows) return -1;
    if (x < this.gutter) return this.lanes.heads.find((head) => head.row === row)?.index ?? -1;
    const bars = this.lanes.bars[row] ?? [];
    let [best, distance] = [-1, 4];
    for (let i = this.firstBar(bars, this.ns(x - 5)); i < bars.length; i++) {
      const task = this.#report.task(bars[i] ?? -1);
      if (task === undefined) continue;
      const [left, right] = [this.x(task.startNs), this.x(task.endNs)];
      if (left > x + 4) break;
      const away = Math.max(left - x, x - Math.max(right, left + 1), 0);
      if (away < distance) [best, distance] = [task.index, away];
    }
    return best;
  }
}
