import { SHARES } from "../../model/shares.ts";
import { button, element } from "../dom.ts";
import { type Report, SHARE_LABELS } from "../report.ts";
import type { Colouring } from "./palette.ts";
import type { Timeline } from "./timeline.ts";

/** What stands above the timeline: zoom, folding, colours and what they mean. */
export function toolbar(report: Report, timeline: Timeline): HTMLElement {
  const choices: (readonly [Colouring, string])[] = [
    ["program", "program"],
    ["result", "result"],
  ];
  if (report.meta.hasDelays) choices.unshift(["time", "where time went"]);
  const select = element(
    "select",
    { id: "colouring" },
    ...choices.map(([value, label]) => element("option", { value }, label)),
  );
  const legend = element("ul", { class: "legend", "aria-label": "Colours" });
  const explain = (): void => legend.replaceChildren(...entries(timeline.colouring, report));
  select.addEventListener("change", () => {
    timeline.colouring = select.value as Colouring;
    explain();
    timeline.ask();
  });
  explain();
  const path = element("input", { type: "checkbox", id: "show-path" });
  path.addEventListener("input", () => timeline.showPath(path.checked));
  return element(
    "div",
    { class: "toolbar" },
    element(
      "div",
      { class: "group", role: "group", "aria-label": "Zoom" },
      button("Fit", { title: "Show everything (0)" }, () => timeline.fit()),
      button("−", { title: "Zoom out (−)", "aria-label": "Zoom out" }, () => timeline.zoom(1.7)),
      button("+", { title: "Zoom in (+)", "aria-label": "Zoom in" }, () => timeline.zoom(0.6)),
    ),
    element(
      "div",
      { class: "group", role: "group", "aria-label": "Lanes" },
      button("Fold", { title: "Pack what is wide into few lanes" }, () => timeline.foldAll(true)),
      button("Unfold", { title: "A lane for each task" }, () => timeline.foldAll(false)),
      button("↕−", { title: "Lower lanes ([)", "aria-label": "Lower lanes" }, () =>
        timeline.stretch(-1),
      ),
      button("↕+", { title: "Higher lanes (])", "aria-label": "Higher lanes" }, () =>
        timeline.stretch(1),
      ),
    ),
    element("label", {}, element("span", {}, "Colour"), select),
    element("label", { class: "check" }, path, element("span", {}, "Critical path")),
    legend,
  );
}

function entries(colouring: Colouring, report: Report): HTMLElement[] {
  const entry = (name: string, label: string, title?: string): HTMLElement => {
    const mark = element("i", { class: name.startsWith("mark") ? name : undefined });
    if (!name.startsWith("mark")) mark.style.background = `var(--${name})`;
    return element("li", { title }, mark, label);
  };
  const marks = [entry("mark-exec", "exec")];
  if (report.tasks.some((task) => task.ids.length > 1)) marks.push(entry("mark-ids", "ids change"));
  if (report.losses.length > 0) marks.push(entry("mark-loss", "events lost"));
  const failed = entry("failed", "failed");
  if (colouring === "result") {
    return [entry("share-onCpu", "exit code 0"), failed, entry("plain", "no end seen"), ...marks];
  }
  if (colouring === "program") return [failed, ...marks];
  return [
    element("li", { class: "said" }, "parts of a bar are proportions, not times of day:"),
    ...SHARES.map((name) => entry(`share-${name}`, SHARE_LABELS[name])),
    entry("plain", "not known"),
    failed,
    ...marks,
  ];
}
