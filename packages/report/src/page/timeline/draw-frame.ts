import type { ModelLoss } from "../../model/trace-model.ts";
import { count } from "../../model/format.ts";
import { AXIS, TEXT_HEIGHT } from "./geometry.ts";
import { clip, type Scene } from "./scene.ts";
import { tickLabel, ticks } from "./ticks.ts";

/** The axis of time, above the lanes. */
export function drawAxis(context: CanvasRenderingContext2D, scene: Scene): void {
  const { geometry, palette, report } = scene;
  context.fillStyle = palette.raised;
  context.fillRect(0, 0, geometry.width, AXIS);
  context.fillStyle = palette.line;
  context.fillRect(0, AXIS - 1, geometry.width, 1);
  const { stepNs, atNs } = axisTicks(scene);
  for (const ns of atNs) {
    const x = Math.round(geometry.x(ns));
    if (x < geometry.gutter) continue;
    context.fillStyle = palette.line;
    context.fillRect(x, AXIS - 7, 1, 6);
    context.fillStyle = palette.quiet;
    const label = tickLabel(ns, stepNs);
    if (x + label.length * scene.characterWidth < geometry.width) {
      context.fillText(label, x + 4, AXIS / 2);
    }
  }
  for (const loss of report.losses) drawLossFlag(context, scene, loss);
}

/** Lines at the axis's moments, behind the bars. */
export function drawGrid(context: CanvasRenderingContext2D, scene: Scene): void {
  const { geometry, palette } = scene;
  context.fillStyle = palette.faint;
  for (const ns of axisTicks(scene).atNs) {
    context.fillRect(Math.round(geometry.x(ns)), AXIS, 1, geometry.height);
  }
}

function axisTicks({ geometry, store }: Scene): ReturnType<typeof ticks> {
  return ticks(store.fromNs, store.toNs, (geometry.width - geometry.gutter) / 110);
}

/** Where events were lost: nothing that is drawn there can be relied on. */
export function drawLosses(context: CanvasRenderingContext2D, scene: Scene): void {
  const { report, geometry, palette } = scene;
  context.fillStyle = palette.loss;
  for (const loss of report.losses) {
    const left = Math.max(geometry.x(loss.sinceNs), geometry.gutter);
    const right = Math.min(geometry.x(loss.untilNs), geometry.width);
    if (right < geometry.gutter || left > geometry.width) continue;
    context.fillRect(left, AXIS, Math.max(right - left, 2), geometry.height);
  }
}

function drawLossFlag(
  context: CanvasRenderingContext2D,
  { geometry, palette }: Scene,
  { sinceNs, untilNs }: ModelLoss,
): void {
  const left = Math.max(geometry.x(sinceNs), geometry.gutter);
  const right = geometry.x(untilNs);
  if (right < geometry.gutter || left > geometry.width) return;
  context.fillStyle = palette.failed;
  context.fillRect(left, AXIS - 4, Math.max(right - left, 3), 4);
}

/** The tree's labels, left of the lanes. */
export function drawGutter(
  context: CanvasRenderingContext2D,
  scene: Scene,
  first: number,
  last: number,
): void {
  const { geometry, palette } = scene;
  context.fillStyle = palette.raised;
  context.fillRect(0, AXIS, geometry.gutter, geometry.height);
  context.fillStyle = palette.line;
  context.fillRect(geometry.gutter - 1, 0, 1, geometry.height);
  context.save();
  context.beginPath();
  context.rect(0, AXIS, geometry.gutter - 1, geometry.height);
  context.clip();
  const { heads } = geometry.lanes;
  let i = heads.findIndex((head) => head.row + head.packedRows >= first);
  for (; i >= 0 && i < heads.length && (heads[i]?.row ?? 0) <= last; i++)
    drawHead(context, scene, i);
  context.restore();
}

/** How far a generation is set in, CSS pixels. */
const INDENT = 12;

function drawHead(context: CanvasRenderingContext2D, scene: Scene, place: number): void {
  const { report, store, geometry, palette } = scene;
  const head = geometry.lanes.heads[place];
  if (head === undefined) return;
  const { index, row, depth, packedRows } = head;
  const deepest = Math.floor((geometry.gutter - 60) / INDENT);
  const indent = 6 + INDENT * Math.min(depth, deepest);
  const [top, middle] = [geometry.y(row), geometry.y(row) + geometry.laneHeight / 2];
  if (index === store.selected) {
    context.fillStyle = palette.line;
    context.fillRect(0, top, geometry.gutter, geometry.laneHeight);
  }
  const isWide = geometry.laneHeight >= TEXT_HEIGHT;
  if (report.childrenOf(index).length > 0) {
    drawTriangle(context, scene, { x: indent + 4, y: middle, isFolded: scene.isFolded(index) });
  }
  const room = Math.floor((geometry.gutter - indent - 16) / scene.characterWidth);
  if (isWide) {
    const hasFailed = report.hasFailed(index);
    context.fillStyle = hasFailed
      ? palette.failed
      : store.isMatch(index)
        ? palette.text
        : palette.quiet;
    context.fillText(
      clip(`${hasFailed ? "✕ " : ""}${report.names[index] ?? ""}`, room),
      indent + 13,
      middle + 0.5,
    );
  }
  if (packedRows === 0) return;
  context.fillStyle = palette.line;
  const below = geometry.y(row + 1) + 2;
  context.fillRect(indent + 3, below, 2, packedRows * geometry.laneHeight - 4);
  const seenTop = Math.max(below, AXIS);
  if (
    below + packedRows * geometry.laneHeight < seenTop + 16 ||
    packedRows * geometry.laneHeight < 16
  )
    return;
  context.fillStyle = palette.quiet;
  const label = `${count(descendants(scene, index))} below, packed`;
  context.fillText(clip(label, room), indent + 13, seenTop + 8);
}

const families = new WeakMap<object, Map<number, number>>();

function descendants({ report, geometry }: Scene, index: number): number {
  let known = families.get(geometry.lanes);
  if (known === undefined) families.set(geometry.lanes, (known = new Map()));
  const counted = known.get(index);
  if (counted !== undefined) return counted;
  const family = [index];
  for (let i = 0; i < family.length; i++) family.push(...report.childrenOf(family[i] ?? -1));
  known.set(index, family.length - 1);
  return family.length - 1;
}

function drawTriangle(
  context: CanvasRenderingContext2D,
  { palette }: Scene,
  { x, y, isFolded }: { readonly x: number; readonly y: number; readonly isFolded: boolean },
): void {
  context.fillStyle = palette.quiet;
  context.beginPath();
  if (isFolded) {
    context.moveTo(x - 3, y - 4);
    context.lineTo(x + 4, y);
    context.lineTo(x - 3, y + 4);
  } else {
    context.moveTo(x - 4, y - 3);
    context.lineTo(x, y + 4);
    context.lineTo(x + 4, y - 3);
  }
  context.fill();
}
