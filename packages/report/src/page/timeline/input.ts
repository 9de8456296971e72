import { duration } from "../../model/format.ts";
import { element, fill } from "../dom.ts";
import type { Report } from "../report.ts";
import type { Store } from "../store.ts";
import type { Timeline } from "./timeline.ts";

/** What one turn of a wheel zooms by, for each pixel that it reports. */
const WHEEL = 1.0016;
/** A press that moves less is a click, CSS pixels. */
const CLICK = 4;

/** Mouse, wheel and fingers on the timeline. */
export function listenToPointers(timeline: Timeline, report: Report, store: Store): void {
  const { host, canvas, geometry } = timeline;
  const tip = element("div", { class: "tip", hidden: true });
  host.parentElement?.append(tip);
  const fingers = new Map<number, PointerEvent>();
  let moved = 0;

  const place = (event: MouseEvent): { x: number; y: number } => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const isOnTriangle = (x: number, y: number): number => {
    const row = geometry.rowAt(y);
    const head = geometry.lanes.heads.find((head) => head.row === row);
    if (head === undefined || x >= geometry.gutter) return -1;
    return x < 20 + 12 * head.depth ? head.index : -1;
  };

  canvas.addEventListener("wheel", (event) => {
    const { x } = place(event);
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      timeline.pan(((event.deltaX || event.deltaY) / geometry.width) * 0.8);
      return;
    }
    // Over the names the wheel scrolls, as it does in any list.
    if (x < geometry.gutter && !event.ctrlKey) return;
    event.preventDefault();
    const pixels = event.deltaMode === 0 ? event.deltaY : event.deltaY * 33;
    timeline.zoom(WHEEL ** Math.min(Math.max(pixels, -300), 300), geometry.ns(x));
  });
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, event);
    moved = 0;
    tip.hidden = true;
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (before === undefined) {
      if (event.pointerType === "mouse") hover(event);
      return;
    }
    const [byX, byY] = [event.clientX - before.clientX, event.clientY - before.clientY];
    moved += Math.abs(byX) + Math.abs(byY);
    const [, other] = [...fingers].find(([id]) => id !== event.pointerId) ?? [];
    fingers.set(event.pointerId, event);
    if (other) pinch(before, event, other);
    else if (moved >= CLICK) {
      canvas.classList.add("dragged");
      host.scrollTop -= byY;
      timeline.pan(-byX / (geometry.width - geometry.gutter));
    }
  });
  const lift = (event: PointerEvent): void => {
    if (!fingers.delete(event.pointerId)) return;
    canvas.classList.remove("dragged");
    if (event.type === "pointercancel" || moved >= CLICK || fingers.size > 0) return;
    const { x, y } = place(event);
    const folding = isOnTriangle(x, y);
    if (folding >= 0 && report.childrenOf(folding).length > 0) {
      timeline.fold(folding, !timeline.isFolded(folding));
      return;
    }
    store.select(geometry.taskAt(x, y));
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => (tip.hidden = true));
  canvas.addEventListener("dblclick", (event) => {
    const { x, y } = place(event);
    const index = geometry.taskAt(x, y);
    if (index >= 0) timeline.zoomTo(index);
  });

  const pinch = (before: PointerEvent, now: PointerEvent, other: PointerEvent): void => {
    const was = Math.max(Math.abs(before.clientX - other.clientX), 10);
    const is = Math.max(Math.abs(now.clientX - other.clientX), 10);
    moved = CLICK;
    const { x } = place(other);
    timeline.zoom(was / is, geometry.ns(x));
  };
  const hover = (event: PointerEvent): void => {
    const { x, y } = place(event);
    const index = geometry.taskAt(x, y);
    const task = report.task(index);
    canvas.classList.toggle("over", index >= 0 || isOnTriangle(x, y) >= 0);
    tip.hidden = task === undefined;
    if (task === undefined) return;
    fill(tip, [
      element("b", {}, `${report.names[index] ?? ""} `),
      `${duration(report.lengthNs(index))}${outcome(report, index)}`,
      element("span", {}, report.line(index).slice(0, 300)),
    ]);
    const parent = host.parentElement?.getBoundingClientRect();
    const [left, top] = [event.clientX - (parent?.left ?? 0), event.clientY - (parent?.top ?? 0)];
    tip.style.left = `${Math.max(4, Math.min(left + 14, (parent?.width ?? 0) - tip.offsetWidth - 8))}px`;
    const isLow = top + tip.offsetHeight + 24 > (parent?.height ?? 0);
    tip.style.top = `${isLow ? top - tip.offsetHeight - 10 : top + 16}px`;
  };
}

function outcome(report: Report, index: number): string {
  const exit = report.task(index)?.exit;
  if (exit?.signal !== undefined) return ` · signal ${exit.signal}`;
  if (exit?.code) return ` · exit code ${exit.code}`;
  return exit === undefined ? " · no end seen" : "";
}
