import type { ModelTask } from "../../model/trace-model.ts";
import { TEXT_HEIGHT } from "./geometry.ts";
import type { Palette } from "./palette.ts";
import { clip, type Scene } from "./scene.ts";

/** A bar at least so wide has text and marks, CSS pixels. */
const TEXT_WIDTH = 34;
const MARK_WIDTH = 14;
/** The line of an exec crosses the bar's text. */
const EXEC_ALPHA = 0.45;

/** A bar in the picture, CSS pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Draws a bar that is wide enough to be told from others, with its marks and its text. */
export function drawBar(
  context: CanvasRenderingContext2D,
  scene: Scene,
  task: ModelTask,
  box: Box,
): void {
  const { palette, geometry, report, path } = scene;
  const { left, top, width, height } = box;
  context.globalAlpha = isDim(scene, task.index) ? DIM : 1;
  drawColour(context, scene, task, box);
  if (report.hasFailed(task.index)) {
    context.fillStyle = palette.failed;
    const edge = Math.min(3, width);
    context.fillRect(left + width - edge, top, edge, height);
    if (width > 3) context.fillRect(left, top + height - 2, width, 2);
  } else if (task.exit === undefined && width > 6) {
    drawOpenEnd(context, palette.ground, box);
  }
  if (path !== undefined && path[task.index] === 1) {
    context.fillStyle = palette.path;
    context.fillRect(left, top, width, Math.min(2, height));
  }
  if (width >= MARK_WIDTH && geometry.laneHeight >= 9) drawMarks(context, scene, task, box);
  if (width >= TEXT_WIDTH && geometry.laneHeight >= TEXT_HEIGHT) {
    drawText(context, scene, task, box);
  }
  context.globalAlpha = 1;
}

/** A bar that does not match, or is not of the critical path, is paler. */
export const DIM = 0.22;

export function isDim({ store, path }: Scene, index: number): boolean {
  return !store.isMatch(index) || (path !== undefined && path[index] !== 1);
}

/** The one colour of a bar that is too narrow for parts. */
export function plainColour(scene: Scene, task: ModelTask): string {
  const { palette, colouring, shares, report } = scene;
  const { index } = task;
  if (colouring === "program") return palette.program(report.names[index] ?? "");
  if (colouring === "result") {
    if (report.hasFailed(index)) return palette.failed;
    return task.exit?.code === 0 ? palette.good : palette.plain;
  }
  return shares.has(index) ? (palette.shares[shares.largest(index)] ?? "") : palette.plain;
}

function drawColour(
  context: CanvasRenderingContext2D,
  scene: Scene,
  task: ModelTask,
  { left, top, width, height }: Box,
): void {
  const { palette, colouring, shares, geometry } = scene;
  if (colouring !== "time" || !shares.has(task.index)) {
    context.fillStyle = plainColour(scene, task);
    context.fillRect(left, top, width, height);
    return;
  }
  // The whole bar, of which a part may be outside the picture.
  const from = geometry.x(task.startNs);
  const whole = Math.max(geometry.x(task.endNs) - from, 1);
  for (const [i, fill] of palette.shares.entries()) {
    const [start, end] = shares.span(task.index, i);
    const begin = Math.max(from + start * whole, left);
    const stop = Math.min(from + end * whole, left + width);
    if (stop <= begin) continue;
    context.fillStyle = fill;
    context.fillRect(begin, top, stop - begin, height);
  }
}

/** A torn edge: nobody saw the end. */
function drawOpenEnd(context: CanvasRenderingContext2D, fill: string, box: Box): void {
  const { left, top, width, height } = box;
  context.fillStyle = fill;
  context.beginPath();
  for (let i = 0; i < 3; i++) {
    const y = top + (i * height) / 3;
    context.moveTo(left + width, y);
    context.lineTo(left + width - 4, y + height / 6);
    context.lineTo(left + width, y + height / 3);
  }
  context.fill();
}

function drawMarks(
  context: CanvasRenderingContext2D,
  { geometry, palette }: Scene,
  task: ModelTask,
  { left, top, width, height }: Box,
): void {
  const inside = (x: number): boolean => x >= left && x <= left + width;
  context.fillStyle = palette.text;
  for (const exec of task.execs) {
    const x = geometry.x(exec.timeNs);
    if (exec.isEarlier || !inside(x)) continue;
    context.globalAlpha *= EXEC_ALPHA;
    context.fillRect(x, top, 1, height);
    context.globalAlpha /= EXEC_ALPHA;
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x + 5, top);
    context.lineTo(x, top + 5);
    context.fill();
  }
  context.fillStyle = palette.failed;
  for (const failed of task.failedExecs) {
    const x = geometry.x(failed.timeNs);
    if (inside(x)) context.fillRect(x, top, 2, height / 2);
  }
  const middle = top + height / 2;
  for (const { timeNs } of task.ids.slice(1)) {
    const x = geometry.x(timeNs);
    if (inside(x)) diamond(context, palette, x, middle);
  }
  context.fillStyle = palette.quiet;
  for (const { timeNs } of task.marks) {
    const x = geometry.x(timeNs);
    if (!inside(x)) continue;
    context.beginPath();
    context.arc(x, top + height - 2.5, 2, 0, 2 * Math.PI);
    context.fill();
  }
}

function diamond(context: CanvasRenderingContext2D, palette: Palette, x: number, y: number): void {
  context.save();
  context.fillStyle = palette.accent;
  context.strokeStyle = palette.ground;
  context.beginPath();
  context.moveTo(x, y - 5);
  context.lineTo(x + 5, y);
  context.lineTo(x, y + 5);
  context.lineTo(x - 5, y);
  context.closePath();
  context.fill();
  context.stroke();
  context.restore();
}

function drawText(
  context: CanvasRenderingContext2D,
  { report, geometry, palette, characterWidth }: Scene,
  task: ModelTask,
  { left, top, width, height }: Box,
): void {
  const from = Math.max(left, geometry.gutter);
  const room = Math.floor((left + width - from - 12) / characterWidth);
  if (room < 3) return;
  const name = report.names[task.index] ?? "";
  const line = report.line(task.index);
  // The path of the program tells less than its arguments.
  const space = line.indexOf(" ");
  const text =
    space > 0 && line.slice(0, space).endsWith(name) ? name + line.slice(space) : line || name;
  context.fillStyle = palette.text;
  context.fillText(clip(text, room), from + 7, top + height / 2 + 0.5);
}
