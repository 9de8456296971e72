import { criticalPath, mainRoot } from "../../model/critical-path.ts";
import { layLanes } from "../../model/lanes.ts";
import { element } from "../dom.ts";
import type { Report } from "../report.ts";
import type { Store } from "../store.ts";
import { drawTimeline } from "./draw.ts";
import { wide } from "./folding.ts";
import { AXIS, Geometry, LANE_HEIGHTS, TEXT_HEIGHT } from "./geometry.ts";
import { type Colouring, type Palette, readPalette } from "./palette.ts";
import { ShareTable } from "./share-table.ts";

const FONT = '11px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** The picture of all tasks over time. */
export class Timeline {
  readonly host: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly geometry: Geometry;
  colouring: Colouring;
  readonly #report: Report;
  readonly #store: Store;
  readonly #room: HTMLElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #shares: ShareTable;
  readonly #folded: Uint8Array;
  #palette: Palette;
  #path: Uint8Array | undefined;
  #characterWidth = 7;
  #isAsked = false;
  #hasHeight = false;

  constructor(report: Report, store: Store) {
    this.#report = report;
    this.#store = store;
    this.geometry = new Geometry(report, store);
    this.colouring = report.meta.hasDelays ? "time" : "program";
    this.#shares = new ShareTable(report);
    this.#folded = wide(report);
    this.canvas = element("canvas");
    this.#room = element("div", { class: "room" });
    this.host = element(
      "div",
      {
        class: "lanes",
        id: "lanes",
        tabindex: 0,
        role: "application",
        "aria-roledescription": "timeline",
        "aria-label":
          "Timeline of tasks. Arrow keys move along the tree, plus and minus zoom, A and D pan, Enter shows a task.",
      },
      this.canvas,
      this.#room,
    );
    const context = this.canvas.getContext("2d", { alpha: false });
    if (context === null) throw new Error("this browser has no canvas");
    this.#context = context;
    this.#palette = readPalette();
    this.#listen();
    this.fit();
  }

  #listen(): void {
    this.host.addEventListener("scroll", () => {
      this.geometry.scrollTop = this.host.scrollTop;
      this.ask();
    });
    new ResizeObserver(() => this.#resize()).observe(this.host);
    this.#store.on("view", () => this.ask());
    this.#store.on("selected", () => this.ask());
    this.#store.on("matches", () => this.lay());
    this.#store.on("theme", () => {
      this.#palette = readPalette();
      this.ask();
    });
  }

  /** Has the picture drawn before the next frame. */
  ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.draw();
    });
  }

  draw(): void {
    const { geometry } = this;
    if (geometry.width <= 1) return;
    const scale = devicePixelRatio || 1;
    this.#context.setTransform(scale, 0, 0, scale, 0, 0);
    this.#context.font = FONT;
    this.#context.textBaseline = "middle";
    drawTimeline(this.#context, {
      report: this.#report,
      store: this.#store,
      geometry,
      palette: this.#palette,
      colouring: this.colouring,
      shares: this.#shares,
      path: this.#path,
      isFolded: (index) => this.isFolded(index),
      characterWidth: this.#characterWidth,
    });
  }

  /** Lays the lanes anew, after folding or filtering. */
  lay(): void {
    const store = this.#store;
    this.geometry.lanes = layLanes(this.#report.tasks, {
      isPacked: (index) => this.isFolded(index),
      ...(store.isOnlyMatches && { isShown: (index: number) => store.isMatch(index) }),
    });
    this.#resize();
  }

  #resize(): void {
    const { geometry, host, canvas } = this;
    const [width, height] = [host.clientWidth, host.clientHeight];
    if (width === 0 || height === 0) return;
    const scale = devicePixelRatio || 1;
    if (geometry.width !== width || geometry.height !== height) {
      [geometry.width, geometry.height] = [width, height];
      [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
      [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
      this.#context.font = FONT;
      this.#characterWidth = this.#context.measureText("m".repeat(50)).width / 50;
    }
    if (!this.#hasHeight) {
      this.#hasHeight = true;
      const fits = LANE_HEIGHTS.filter(
        (lane) => lane >= TEXT_HEIGHT && AXIS + geometry.lanes.rows * lane <= height,
      );
      geometry.laneHeight = Math.min(fits.at(-1) ?? 17, 21);
    }
    this.#room.style.height = `${Math.max(0, geometry.contentHeight - height)}px`;
    geometry.scrollTop = host.scrollTop;
    this.draw();
  }

  isFolded(index: number): boolean {
    return this.#folded[index] === 1;
  }

  fold(index: number, isFolded: boolean): void {
    if (this.#report.childrenOf(index).length === 0) return;
    this.#folded[index] = isFolded ? 1 : 0;
    this.lay();
  }

  foldAll(isFolded: boolean): void {
    if (isFolded) this.#folded.set(wide(this.#report));
    else this.#folded.fill(0);
    this.lay();
  }

  /** Makes lanes higher or lower. */
  stretch(by: number): void {
    const heights: readonly number[] = LANE_HEIGHTS;
    const place = heights.indexOf(this.geometry.laneHeight) + by;
    this.geometry.laneHeight = heights[Math.min(Math.max(place, 0), heights.length - 1)] ?? 17;
    this.#resize();
  }

  showPath(isShown: boolean): void {
    this.#path = undefined;
    if (isShown) {
      const { tasks } = this.#report;
      this.#path = new Uint8Array(tasks.length);
      for (const { index } of criticalPath(tasks, mainRoot(tasks))) this.#path[index] = 1;
    }
    this.ask();
  }

  /** Shows a stretch of time, as far as there is any. */
  view(fromNs: number, toNs: number): void {
    const { startNs, endNs } = this.#report;
    const whole = endNs - startNs;
    const margin = whole * 0.02;
    const length = Math.min(Math.max(toNs - fromNs, 100), whole + 2 * margin);
    const middle = (fromNs + toNs) / 2;
    const from = Math.min(Math.max(middle - length / 2, startNs - margin), endNs + margin - length);
    this.#store.fromNs = from;
    this.#store.toNs = from + length;
    this.#store.tell("view");
  }

  fit(): void {
    const { startNs, endNs } = this.#report;
    const margin = (endNs - startNs) * 0.01;
    this.view(startNs - margin, endNs + margin);
  }

  /** @param factor less than 1 to see less, greater; a moment that stays where it is */
  zoom(factor: number, aroundNs = (this.#store.fromNs + this.#store.toNs) / 2): void {
    const { fromNs, toNs } = this.#store;
    this.view(aroundNs - (aroundNs - fromNs) * factor, aroundNs + (toNs - aroundNs) * factor);
  }

  /** @param part of what is seen, to the right */
  pan(part: number): void {
    const { fromNs, toNs } = this.#store;
    const by = (toNs - fromNs) * part;
    this.view(fromNs + by, toNs + by);
  }

  /** Brings a task into the picture. */
  reveal(index: number): void {
    const task = this.#report.task(index);
    if (task === undefined) return;
    const { geometry, host } = this;
    const row = geometry.lanes.rowOf[index] ?? -1;
    if (row >= 0) {
      const top = row * geometry.laneHeight;
      const room = geometry.height - AXIS - 2 * geometry.laneHeight;
      if (top < host.scrollTop || top > host.scrollTop + room) {
        host.scrollTop = Math.max(0, top - room / 2);
      }
    }
    const { fromNs, toNs } = this.#store;
    if (task.endNs >= fromNs && task.startNs <= toNs) return;
    const middle = (task.startNs + task.endNs) / 2;
    const half = (toNs - fromNs) / 2;
    this.view(middle - half, middle + half);
  }

  zoomTo(index: number): void {
    const task = this.#report.task(index);
    if (task === undefined) return;
    const margin = Math.max((task.endNs - task.startNs) * 0.15, 5000);
    this.view(task.startNs - margin, task.endNs + margin);
    this.reveal(index);
  }
}
