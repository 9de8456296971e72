import type { AnyLine } from "@task-watchers/trace";
import { duration, share } from "../model/format.ts";
import type { ModelTask } from "../model/trace-model.ts";
import { element } from "./dom.ts";
import { table } from "./table.ts";

/** A list under a heading; nothing where the list has nothing. */
export function section(title: string, items: readonly HTMLElement[] | false): HTMLElement | false {
  if (items === false || items.length === 0) return false;
  return element("section", {}, element("h3", {}, title), element("ul", {}, ...items));
}

/** Names and values; those that are absent are left out. */
export function facts(rows: readonly (readonly [string, string | undefined])[]): HTMLElement {
  return element(
    "dl",
    { class: "facts" },
    ...rows.flatMap(([name, value]) =>
      value === undefined || value === ""
        ? []
        : [element("dt", {}, name), element("dd", {}, value)],
    ),
  );
}

/** The functions that a task was found in. */
export function functionTable({ samples }: ModelTask): HTMLElement | undefined {
  if (samples === undefined) return undefined;
  const { cpuNs, functions } = samples;
  return element(
    "section",
    {},
    element("h3", {}, `Samples: ${samples.samples}, ${duration(cpuNs)} of CPU time`),
    table(functions, {
      label: "Hottest functions",
      empty: "No function is known.",
      columns: [
        { label: "Function", text: (row) => row.name || "?", isWide: true },
        { label: "In", text: (row) => row.module, isWide: true },
        {
          label: "Self",
          text: (row) => share(row.selfNs, cpuNs),
          value: (row) => row.selfNs,
          isNumber: true,
          bar: (row) => row.selfNs / Math.max(cpuNs, 1),
        },
      ],
    }),
  );
}

/** What the kernel's audit said of a task. */
export function auditList({ audit }: ModelTask): HTMLElement | false {
  return section(
    "Audit",
    audit.map((line) =>
      element(
        "li",
        {},
        element(
          "details",
          {},
          element("summary", {}, summaryOf(line)),
          facts(Object.entries(line).filter(isShown).map(asText)),
        ),
      ),
    ),
  );
}

function summaryOf(line: AnyLine): string {
  const parts = [line["record"], line["syscallName"], line["success"] === false && "failed"];
  const keys = Array.isArray(line["keys"]) ? line["keys"] : [];
  return [...parts, line["errno"], ...keys].filter((part) => typeof part === "string").join(" ");
}

function isShown([name]: readonly [string, unknown]): boolean {
  return name !== "type" && name !== "task";
}

function asText([name, value]: readonly [string, unknown]): readonly [string, string] {
  return [name, typeof value === "string" ? value : JSON.stringify(value)];
}
