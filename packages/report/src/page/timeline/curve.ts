import uPlot from "uplot";
import { concurrency } from "../../model/concurrency.ts";
import { element } from "../dom.ts";
import type { Report } from "../report.ts";
import type { Store } from "../store.ts";
import { colour } from "../theme.ts";
import { tickLabel, ticks } from "./ticks.ts";
import type { Timeline } from "./timeline.ts";

const HEIGHT = 84;

/** How many tasks there were at once, over the whole trace; a stretch that is drawn over with the mouse is shown below. */
export function concurrencyCurve(report: Report, store: Store, timeline: Timeline): HTMLElement {
  const host = element("div", { class: "curve", "aria-hidden": "true" });
  const frame = element("div", { class: "window" });
  const legend = element(
    "ul",
    { class: "curve-legend" },
    element("li", {}, element("i", { class: "alive" }), "alive"),
    element(
      "li",
      { title: "Tasks that have no child alive" },
      element("i", { class: "leaves" }),
      "at work",
    ),
  );
  const { timesNs, alive, leaves } = concurrency(report.tasks);
  // Before the watch there is nothing to see.
  const from = Math.max(
    0,
    timesNs.findLastIndex((ns) => ns <= report.startNs),
  );
  const times = timesNs.slice(from).map((ns) => Math.max(ns, report.startNs));
  const data: uPlot.AlignedData = [
    [...times, report.endNs],
    [...alive.slice(from), 0],
    [...leaves.slice(from), 0],
  ];
  let plot: uPlot | undefined;
  const place = (): void => {
    if (plot === undefined) return;
    const [left, right] = [plot.valToPos(store.fromNs, "x"), plot.valToPos(store.toNs, "x")];
    const width = plot.over.clientWidth;
    frame.style.left = `${Math.max(0, left)}px`;
    frame.style.width = `${Math.max(2, Math.min(right, width) - Math.max(0, left))}px`;
    frame.hidden = left <= 1 && right >= width - 1;
  };
  const draw = (): void => {
    const width = host.clientWidth;
    if (width === 0) return;
    plot?.destroy();
    plot = new uPlot(options(report, timeline, width), data, host);
    plot.over.append(frame);
    plot.root.append(legend);
    place();
  };
  new ResizeObserver(() => {
    if (plot?.width !== host.clientWidth) draw();
  }).observe(host);
  store.on("theme", draw);
  store.on("view", place);
  return host;
}

function options(report: Report, timeline: Timeline, width: number): uPlot.Options {
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const gutter = timeline.geometry.width > 1 ? timeline.geometry.gutter : 100;
  const line = { points: { show: false }, ...(stepped && { paths: stepped }) };
  const font = "11px system-ui, sans-serif";
  const axis = { stroke: colour("quiet"), grid: { stroke: colour("faint"), width: 1 }, font };
  return {
    width,
    height: HEIGHT,
    padding: [6, 0, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false }, y: false },
    scales: {
      x: { time: false, range: [report.startNs, report.endNs] },
      y: { range: (_plot, _least, most) => [0, Math.max(1, most)] },
    },
    series: [
      {},
      { ...line, stroke: colour("curve-alive"), fill: colour("curve-alive-fill"), width: 1 },
      { ...line, stroke: colour("curve-leaves"), fill: colour("curve-leaves-fill"), width: 1 },
    ],
    axes: [
      {
        ...axis,
        size: 18,
        gap: 2,
        ticks: { show: false },
        splits: (_plot, _axis, least, most) => ticks(least, most, (width - gutter) / 110).atNs,
        values: (_plot, splits) => {
          const step = (splits[1] ?? 0) - (splits[0] ?? 0);
          return splits.map((ns) => tickLabel(ns, step));
        },
      },
      { ...axis, size: gutter, gap: 6, ticks: { show: false }, splits: wholeSplits },
    ],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width > 3) timeline.view(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

/** The middle and the most: 0 is where the picture ends. */
function wholeSplits(_plot: uPlot, _axis: number, _least: number, most: number): number[] {
  const half = Math.floor(most / 2);
  return half > 0 && half < most ? [half, most] : [most];
}
