import flamegraph, { type FlameGraph, type FlameNode } from "d3-flame-graph";
import { select } from "d3-selection";
import { duration, plural, share, visible } from "../model/format.ts";
import { button, element, fill } from "./dom.ts";
import { flameTree, type FlameFrame, type FlameSource } from "./flame-tree.ts";
import { listenToFlameKeys } from "./flame-keys.ts";
import type { Report } from "./report.ts";
import type { Store } from "./store.ts";
import { colour, isDark } from "./theme.ts";
import { programColour } from "./timeline/palette.ts";

const SOURCES: Readonly<Record<FlameSource, string>> = {
  samples: "samples",
  accounting: "accounting",
};

/** The flame graph; undefined where the trace has nothing that it could show. */
export function flamePanel(report: Report, store: Store): HTMLElement | undefined {
  const trees = (["samples", "accounting"] as const)
    .map((source) => ({ source, tree: flameTree(report, source) }))
    .filter(({ tree }) => tree.value > 0);
  let current = trees[0];
  if (current === undefined) return undefined;
  let chart: FlameGraph<FlameFrame> | undefined;
  const host = element("div", { class: "flame", role: "tree", "aria-label": "Flame graph" });
  const details = element("p", { class: "flame-details" });
  const describe = (frame: FlameFrame): void => {
    const whole = current?.tree.value ?? 1;
    fill(details, [
      element("b", {}, frame.name),
      ` ${frame.place} · ${duration(frame.value)} (${share(frame.value, whole)}), itself ${duration(frame.self)} · ${plural(frame.tasks, "task")}`,
    ]);
  };
  const search = (): void => {
    if (store.search === "") chart?.clear();
    else chart?.search(store.search);
  };
  const draw = (): void => {
    const width = host.clientWidth;
    if (width === 0 || current === undefined) return;
    const { tree } = current;
    host.replaceChildren();
    chart = flamegraph<FlameFrame>()
      .width(width)
      .cellHeight(20)
      .inverted(true)
      .minFrameSize(0.5)
      .transitionDuration(matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120)
      .sort((a, b) => b.data.value - a.data.value || (a.data.name < b.data.name ? -1 : 1))
      .setColorMapper(paint)
      .setLabelHandler(
        ({ data }) =>
          `${visible(data.name)} · ${duration(data.value)} · ${share(data.value, tree.value)}`,
      )
      .setSearchMatch(
        ({ data }, term) =>
          data.name.toLowerCase().includes(term) || data.place.toLowerCase().includes(term),
      )
      .onHover(({ data }) => describe(data))
      .onClick(({ data }) => {
        describe(data);
        keys.reach();
      });
    select(host).datum(shown(tree)).call(chart);
    keys.reach();
    describe(tree);
    search();
  };
  const keys = listenToFlameKeys(host, {
    zoom: (node) => chart?.zoomTo(node),
    reset: () => chart?.resetZoom(),
    describe,
    whole: () => current?.tree.value ?? 1,
  });
  const choice = element(
    "select",
    { "aria-label": "Source of the times" },
    ...trees.map(({ source }) => element("option", { value: source }, SOURCES[source])),
  );
  choice.addEventListener("change", () => {
    current = trees.find(({ source }) => source === choice.value) ?? current;
    draw();
  });
  new ResizeObserver(draw).observe(host);
  store.on("theme", draw);
  store.on("matches", search);
  return element(
    "div",
    {},
    element(
      "div",
      { class: "toolbar" },
      element("label", {}, element("span", {}, "CPU time by"), choice),
      button("Reset zoom", {}, () => chart?.resetZoom()),
      element(
        "span",
        { class: "said" },
        "Width is CPU time. A program stands below the one that started it, a function below its program. Click or Enter zooms.",
      ),
    ),
    details,
    host,
  );
}

/** Names as they may be shown: the library puts them into attributes and text as they are. */
function shown(frame: FlameFrame): FlameFrame {
  return {
    ...frame,
    name: visible(frame.name),
    place: visible(frame.place),
    children: frame.children.map(shown),
  };
}

function paint({ data, highlight }: FlameNode<FlameFrame>): string {
  if (highlight) return colour("found");
  if (data.kind === "all") return colour("plain");
  if (data.kind === "kernel") return isDark() ? "hsl(205 35% 30%)" : "hsl(205 60% 80%)";
  if (data.kind === "function") return isDark() ? "hsl(32 45% 32%)" : "hsl(34 85% 78%)";
  return programColour(data.name, isDark());
}
