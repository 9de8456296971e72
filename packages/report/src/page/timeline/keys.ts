import type { Report } from "../report.ts";
import type { Store } from "../store.ts";
import type { Timeline } from "./timeline.ts";

/** Keys of the timeline, while it has the focus. */
export function listenToKeys(timeline: Timeline, report: Report, store: Store): void {
  const go = (index: number | undefined): void => {
    if (index === undefined || index < 0) return;
    store.select(index);
    timeline.reveal(index);
  };
  const first = (): number => timeline.geometry.lanes.heads[0]?.index ?? -1;
  const parentOf = (index: number): number => report.task(index)?.parent ?? -1;
  const siblings = (index: number): readonly number[] => {
    const parent = parentOf(index);
    const all = parent < 0 ? rootsOf(report) : report.childrenOf(parent);
    return all.filter((other) => (timeline.geometry.lanes.rowOf[other] ?? -1) >= 0);
  };
  const beside = (by: number): void => {
    const { selected } = store;
    if (selected < 0) return go(first());
    const all = siblings(selected);
    go(all[all.indexOf(selected) + by] ?? (by < 0 ? parentOf(selected) : undefined));
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => beside(1),
    ArrowUp: () => beside(-1),
    ArrowLeft: () => go(store.selected < 0 ? first() : parentOf(store.selected)),
    ArrowRight: () => go(store.selected < 0 ? first() : report.childrenOf(store.selected)[0]),
    Home: () => go(first()),
    "+": () => timeline.zoom(0.6),
    "=": () => timeline.zoom(0.6),
    "-": () => timeline.zoom(1 / 0.6),
    w: () => timeline.zoom(0.6),
    s: () => timeline.zoom(1 / 0.6),
    a: () => timeline.pan(-0.2),
    d: () => timeline.pan(0.2),
    "0": () => timeline.fit(),
    "]": () => timeline.stretch(1),
    "[": () => timeline.stretch(-1),
    f: () => timeline.fold(store.selected, !timeline.isFolded(store.selected)),
    z: () => timeline.zoomTo(store.selected),
    Enter: () => document.querySelector<HTMLElement>("#details button")?.focus(),
  };
  timeline.host.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

function rootsOf(report: Report): readonly number[] {
  return report.tasks.filter((task) => task.parent < 0).map((task) => task.index);
}
