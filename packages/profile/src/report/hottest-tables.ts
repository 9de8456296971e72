import type { SummaryTable } from "@task-watchers/chain";
import type { CpuProfile } from "../profile/cpu-profile.ts";
import type { Frame } from "../symbols/frame.ts";
import { hottest } from "./hottest.ts";

/** Rows of a table. */
const TOP = 10;

/** Where the CPU time of a watch went, for people: by command, then by function. Notes are below the last table. */
export function hottestTables(profile: CpuProfile): SummaryTable[] {
  const { cpuNs, samples, commands, functions } = hottest(profile);
  if (samples === 0) {
    const title = "where the CPU time went: no samples were taken";
    return [{ title, columns: [], rows: [], notes: profile.notes }];
  }
  return [
    {
      title: `where ${formatNs(cpuNs)} of CPU time went, by command`,
      columns: columns(["command"], ["CPU time", "part", "tasks"]),
      rows: commands
        .slice(0, TOP)
        .map((row) => [
          row.command,
          formatNs(row.cpuNs),
          formatPart(row.cpuNs, cpuNs),
          String(row.tasks),
        ]),
      notes: leftOut(commands.length, "command"),
    },
    {
      title: "the hottest functions",
      columns: columns(["function", "in"], ["self", "part", "with callees", "part"]),
      rows: functions
        .slice(0, TOP)
        .map(({ frame, selfNs, totalNs }) => [
          frame.name,
          placeOf(frame),
          formatNs(selfNs),
          formatPart(selfNs, cpuNs),
          formatNs(totalNs),
          formatPart(totalNs, cpuNs),
        ]),
      notes: [...leftOut(functions.length, "function"), ...profile.notes],
    },
  ];
}

function columns(left: readonly string[], right: readonly string[]): SummaryTable["columns"] {
  return [
    ...left.map((name) => ({ name, align: "left" as const })),
    ...right.map((name) => ({ name, align: "right" as const })),
  ];
}

function leftOut(n: number, what: string): string[] {
  if (n <= TOP) return [];
  return [`${n - TOP} more ${what}${n === TOP + 1 ? "" : "s"}`];
}

/** The source where it is known, else the last part of the file's path. */
function placeOf({ file, line, module }: Frame): string {
  if (file !== undefined) return line === undefined ? file : `${file}:${line}`;
  return module.slice(module.lastIndexOf("/") + 1);
}

/** A time for people, three digits of it. */
function formatNs(ns: number): string {
  if (ns >= 600e9) return `${digits(ns / 60e9)} min`;
  if (ns >= 1e9) return `${digits(ns / 1e9)} s`;
  return ns >= 1e6 ? `${digits(ns / 1e6)} ms` : `${digits(ns / 1e3)} µs`;
}

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function formatPart(part: number, whole: number): string {
  return whole === 0 ? "" : `${((part / whole) * 100).toFixed(1)} %`;
}
