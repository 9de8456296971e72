import { bytes, count, duration, share } from "../model/format.ts";
import { SHARES } from "../model/shares.ts";
import type { ModelTask } from "../model/trace-model.ts";
import { facts } from "./details-parts.ts";
import { element } from "./dom.ts";
import { type Report, SHARE_LABELS } from "./report.ts";

/** Where a task's time went, as a bar and in figures. */
export function sharesOf(report: Report, task: ModelTask): HTMLElement | undefined {
  const shares = report.shares(task.index);
  const whole = task.delays?.figures.wallNs ?? 0;
  if (shares === undefined || whole === 0) return undefined;
  const bar = element("div", { class: "split", role: "img", "aria-label": "Where the time went" });
  const rows = SHARES.filter((name) => shares[name] > 0).map((name) => {
    const part = element("i");
    part.style.background = `var(--share-${name})`;
    part.style.flexGrow = String(shares[name]);
    bar.append(part);
    const mark = element("i");
    mark.style.background = `var(--share-${name})`;
    return element(
      "li",
      {},
      mark,
      element("span", {}, SHARE_LABELS[name]),
      element("b", {}, duration(shares[name])),
      element("em", {}, share(shares[name], whole)),
    );
  });
  const many = task.delays?.hadThreads ? ", all threads together" : "";
  return element(
    "section",
    {},
    element("h3", {}, `Where the time went${many}`),
    bar,
    element("ul", { class: "shares" }, ...rows),
  );
}

/** What accounting counted of a task. */
export function figuresOf({ delays }: ModelTask): HTMLElement | undefined {
  if (delays === undefined) return undefined;
  const { figures, source, missing, threads } = delays;
  const time = (ns: number | undefined): string | undefined => (ns ? duration(ns) : undefined);
  const size = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : bytes(value);
  const number = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : count(value);
  const reasons = Object.entries(missing ?? {}).map(([name, why]) => `${name} (${why})`);
  return element(
    "section",
    {},
    element("h3", {}, "Accounting"),
    facts([
      ["Peak memory", size(figures.peakRssBytes)],
      ["Read", size(figures.readBytes)],
      ["Written", size(figures.writtenBytes)],
      ["User time", time(figures.userNs)],
      ["System time", time(figures.systemNs)],
      ["Block I/O", time(figures.blkioNs)],
      ["Swap-in", time(figures.swapinNs)],
      ["Thrashing", time(figures.thrashingNs)],
      ["Reclaim", time(figures.reclaimNs)],
      ["Compaction", time(figures.compactNs)],
      ["Copy on write", time(figures.wpcopyNs)],
      ["Minor faults", number(figures.minorFaults)],
      ["Major faults", number(figures.majorFaults)],
      ["Gave up the CPU", number(figures.voluntarySwitches)],
      ["Was preempted", number(figures.involuntarySwitches)],
      ["Threads", number(threads)],
      ["Source", source],
      ["Not known", reasons.length > 0 ? reasons.join(", ") : undefined],
    ]),
  );
}
