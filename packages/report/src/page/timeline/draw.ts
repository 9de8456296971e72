import { drawAxis, drawGrid, drawGutter, drawLosses } from "./draw-frame.ts";
import { DIM, drawBar, isDim, plainColour } from "./draw-bar.ts";
import type { Scene } from "./scene.ts";

/** A bar narrower than this is one colour, CSS pixels. */
const SPLIT_WIDTH = 7;

/** Draws the timeline anew. Only what can be seen is looked at. */
export function drawTimeline(context: CanvasRenderingContext2D, scene: Scene): void {
  const { geometry, palette } = scene;
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, geometry.width, geometry.height);
  drawGrid(context, scene);
  drawLosses(context, scene);
  const [first, last] = geometry.visibleRows();
  context.save();
  context.beginPath();
  context.rect(geometry.gutter, 0, geometry.width, geometry.height);
  context.clip();
  for (let row = first; row <= last; row++) drawRow(context, scene, row);
  drawSelected(context, scene);
  context.restore();
  drawGutter(context, scene, first, last);
  drawAxis(context, scene);
}

function drawRow(context: CanvasRenderingContext2D, scene: Scene, row: number): void {
  const { report, store, geometry, palette, path } = scene;
  const bars = geometry.lanes.bars[row] ?? [];
  const top = geometry.y(row);
  const height = Math.max(geometry.laneHeight - (geometry.laneHeight > 8 ? 2 : 1), 1);
  const run = new Run(context, top, height);
  let drawnTo = Number.NEGATIVE_INFINITY;
  for (let i = geometry.firstBar(bars, store.fromNs); i < bars.length; i++) {
    const task = report.task(bars[i] ?? -1);
    if (task === undefined) continue;
    if (task.startNs > store.toNs) break;
    const left = Math.max(geometry.x(task.startNs), geometry.gutter - 2);
    const right = Math.min(geometry.x(task.endNs), geometry.width + 2);
    const hasFailed = report.hasFailed(task.index);
    // Of many on one pixel, one is seen: a failed one rather than another.
    if (right < drawnTo + 0.7 && !hasFailed) continue;
    const width = Math.max(right - left - (right - left > 6 ? 1 : 0), 1);
    drawnTo = left + width;
    if (width < SPLIT_WIDTH) {
      const isOfPath = path?.[task.index] === 1;
      const fill = hasFailed ? palette.failed : isOfPath ? palette.path : plainColour(scene, task);
      run.add(fill, isDim(scene, task.index) ? DIM : 1, left, drawnTo);
    } else {
      run.end();
      drawBar(context, scene, task, { left, top, width, height });
    }
  }
  run.end();
}

/** Narrow neighbours of one colour, drawn as one: a lane may hold thousands. */
class Run {
  readonly #context: CanvasRenderingContext2D;
  readonly #top: number;
  readonly #height: number;
  #fill = "";
  #alpha = 1;
  #left = 0;
  #right = 0;

  constructor(context: CanvasRenderingContext2D, top: number, height: number) {
    this.#context = context;
    this.#top = top;
    this.#height = height;
  }

  add(fill: string, alpha: number, left: number, right: number): void {
    const isSame = fill === this.#fill && alpha === this.#alpha && left <= this.#right + 1;
    if (!isSame) {
      this.end();
      [this.#fill, this.#alpha, this.#left] = [fill, alpha, left];
    }
    this.#right = right;
  }

  end(): void {
    if (this.#right > this.#left) {
      this.#context.globalAlpha = this.#alpha;
      this.#context.fillStyle = this.#fill;
      this.#context.fillRect(this.#left, this.#top, this.#right - this.#left, this.#height);
      this.#context.globalAlpha = 1;
    }
    this.#left = this.#right = Number.NEGATIVE_INFINITY;
  }
}

function drawSelected(context: CanvasRenderingContext2D, scene: Scene): void {
  const { report, store, geometry, palette } = scene;
  const task = report.task(store.selected);
  const row = geometry.lanes.rowOf[store.selected] ?? -1;
  if (task === undefined || row < 0) return;
  const left = Math.max(geometry.x(task.startNs), geometry.gutter - 4);
  const right = Math.min(geometry.x(task.endNs), geometry.width + 4);
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.strokeRect(
    left - 1,
    geometry.y(row) - 1,
    Math.max(right - left, 2) + 2,
    geometry.laneHeight,
  );
  const parentRow = geometry.lanes.rowOf[task.parent] ?? -1;
  if (parentRow >= 0) {
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.beginPath();
    const x = geometry.x(task.startNs);
    context.moveTo(x, geometry.y(parentRow) + geometry.laneHeight);
    context.lineTo(x, geometry.y(row));
    context.stroke();
    context.setLineDash([]);
  }
}
