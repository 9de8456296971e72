import { count, duration } from "../model/format.ts";
import { facts, section } from "./details-parts.ts";
import { element } from "./dom.ts";
import type { Report } from "./report.ts";

/** What the trace is, and what it has not got. */
export function aboutPanel(report: Report): HTMLElement {
  const { meta, notes, losses } = report;
  return element(
    "div",
    { class: "about" },
    section(
      "What is missing or odd",
      notes.map((note) => element("li", {}, note)),
    ) || element("p", {}, "Nothing is known to be missing from this trace."),
    section(
      "Events lost",
      losses
        .slice(0, 200)
        .map(({ type, reason, count: lost, sinceNs, untilNs }) =>
          element(
            "li",
            {},
            `${duration(sinceNs)} to ${duration(untilNs)}: ${lost === null ? "an unknown number" : count(lost)} (${reason}${type === "lost" ? "" : `, ${type}`})`,
          ),
        ),
    ),
    element(
      "section",
      {},
      element("h3", {}, "The trace"),
      facts([
        ["Command", meta.title],
        ["End", meta.outcome],
        ["Host", meta.host],
        ["Kernel", meta.kernel],
        ["Architecture", meta.arch],
        [
          "Began",
          meta.startedMs === undefined ? undefined : new Date(meta.startedMs).toISOString(),
        ],
        ["Length", duration(meta.endNs)],
        ["Written by", meta.writer],
        ["Source", meta.source],
        ["Scope", meta.scope],
        [
          "Has",
          [meta.hasDelays && "delays", meta.hasSamples && "samples", meta.hasAudit && "audit"]
            .filter(Boolean)
            .join(", ") || "events only",
        ],
      ]),
    ),
  );
}
