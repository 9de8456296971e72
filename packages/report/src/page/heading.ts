import { concurrency } from "../model/concurrency.ts";
import { bytes, count, duration, plural } from "../model/format.ts";
import { at, element, fill } from "./dom.ts";
import type { Report } from "./report.ts";

/** The title, where and when it was, and the figures that are asked for first. */
export function setUpHeading(report: Report): void {
  const { meta, tasks } = report;
  fill(at("title"), [meta.title]);
  at("title").title = at("title").textContent;
  document.title = `${at("title").textContent.slice(0, 80)} – task watchers`;
  const started = meta.startedMs === undefined ? undefined : new Date(meta.startedMs);
  const parts = [
    meta.outcome,
    meta.host,
    started?.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" }),
    meta.kernel && `Linux ${meta.kernel} ${meta.arch ?? ""}`.trim(),
    meta.writer,
  ];
  fill(at("subtitle"), [parts.filter(Boolean).join(" · ")]);
  const failed = tasks.filter((task) => report.hasFailed(task.index)).length;
  const lost = report.losses.reduce((sum, loss) => sum + (loss.count ?? 0), 0);
  const isMore = report.losses.some((loss) => loss.count === null);
  const { leaves } = concurrency(tasks);
  const cpuNs = tasks.reduce((sum, task) => sum + (task.delays?.figures.onCpuNs ?? 0), 0);
  const peak = tasks.reduce(
    (most, task) => Math.max(most, task.delays?.figures.peakRssBytes ?? 0),
    0,
  );
  const wall = report.endNs - report.startNs;
  const figures: (readonly [label: string, value: string, tone?: string])[] = [
    ["Duration", duration(wall)],
    ["Tasks", count(tasks.length)],
    ["Failed", count(failed), failed > 0 ? "bad" : "good"],
    ["Most at once", count(leaves.reduce((most, n) => Math.max(most, n), 0))],
    ...(cpuNs > 0
      ? ([
          ["CPU time", duration(cpuNs)],
          ["CPUs busy, mean", (cpuNs / wall).toFixed(2)],
        ] as const)
      : []),
    ...(peak > 0 ? ([["Largest task", bytes(peak)]] as const) : []),
    [
      "Events lost",
      `${count(lost)}${isMore ? " or more" : ""}`,
      lost > 0 || isMore ? "bad" : "good",
    ],
  ];
  at("figures").replaceChildren(
    ...figures.map(([label, value, tone]) =>
      element("div", {}, element("dt", {}, label), element("dd", { class: tone }, value)),
    ),
  );
}

/** A line that says that something is missing, where it is. */
export function setUpNotes(report: Report, showAll: () => void): void {
  const line = at("notes-line");
  line.hidden = report.notes.length === 0;
  const [first = "", ...rest] = report.notes;
  const more = element(
    "button",
    { type: "button", class: "link" },
    rest.length > 0 ? `and ${plural(rest.length, "more note")}` : "about this trace",
  );
  more.addEventListener("click", showAll);
  fill(line, [element("span", {}, first), more]);
}
