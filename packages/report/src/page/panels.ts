import { groupCommands } from "../model/command-groups.ts";
import { criticalPath, mainRoot } from "../model/critical-path.ts";
import { bytes, count, duration, share } from "../model/format.ts";
import { element } from "./dom.ts";
import type { Report } from "./report.ts";
import type { Store } from "./store.ts";
import { type Column, table } from "./table.ts";

/** A task, by its place. */
type Choose = (index: number) => void;

/** Rows of tasks. */
const SLOWEST = 1000;

/** Every program with how often and how long it ran. */
export function commandsPanel(
  report: Report,
  store: Store,
  search: (text: string) => void,
): HTMLElement {
  const shown = report.tasks.filter((task) => store.isMatch(task.index));
  const groups = groupCommands(
    shown.map((task) => {
      const shares = report.shares(task.index);
      return {
        name: report.names[task.index] ?? "?",
        durationNs: task.endNs - task.startNs,
        hasFailed: report.hasFailed(task.index),
        cpuNs: task.delays?.figures.onCpuNs ?? task.samples?.cpuNs,
        waitNs: shares && shares.waitCpu + shares.io + shares.memory,
      };
    }),
  );
  const most = Math.max(...groups.map((group) => group.totalNs), 1);
  type Row = (typeof groups)[number];
  const time = (label: string, of: (row: Row) => number | undefined): Column<Row> => ({
    label,
    text: (row) => (of(row) === undefined ? "–" : duration(of(row) ?? 0)),
    value: (row) => of(row) ?? -1,
    isNumber: true,
  });
  const hasCpu = groups.some((group) => group.cpuNs !== undefined);
  const hasWait = groups.some((group) => group.waitNs !== undefined);
  return table(groups, {
    label: "Commands",
    empty: "No task matches.",
    onRow: (row) => search(row.name),
    columns: [
      { label: "Program", text: (row) => row.name, value: (row) => row.name, isWide: true },
      {
        label: "Count",
        text: (row) => count(row.count),
        value: (row) => row.count,
        isNumber: true,
      },
      {
        label: "Failed",
        text: (row) => (row.failed === 0 ? "" : count(row.failed)),
        value: (row) => row.failed,
        isNumber: true,
        tone: () => "bad-text",
      },
      { ...time("Total", (row) => row.totalNs), bar: (row) => row.totalNs / most },
      ...(hasCpu ? [time("CPU", (row) => row.cpuNs)] : []),
      ...(hasWait ? [time("Waits", (row) => row.waitNs)] : []),
      time("Median", (row) => row.p50Ns),
      time("90 %", (row) => row.p90Ns),
      time("99 %", (row) => row.p99Ns),
      time("Longest", (row) => row.maxNs),
    ],
  });
}

function taskColumns(report: Report): Column<number>[] {
  const length = (index: number): number => report.lengthNs(index);
  const longest = report.tasks.reduce((most, task) => Math.max(most, length(task.index)), 1);
  const cpu = (index: number): number | undefined =>
    report.task(index)?.delays?.figures.onCpuNs ?? report.task(index)?.samples?.cpuNs;
  const memory = (index: number): number | undefined =>
    report.task(index)?.delays?.figures.peakRssBytes;
  return [
    { label: "Command", text: (index) => report.line(index), isWide: true },
    {
      label: "Pid",
      text: (index) => String(report.task(index)?.pid),
      value: (index) => report.task(index)?.pid ?? 0,
      isNumber: true,
    },
    {
      label: "Duration",
      text: (index) => duration(length(index)),
      value: length,
      isNumber: true,
      bar: (index) => length(index) / longest,
    },
    ...(report.meta.hasDelays || report.meta.hasSamples
      ? [
          {
            label: "CPU",
            text: (index: number) => (cpu(index) === undefined ? "–" : duration(cpu(index) ?? 0)),
            value: (index: number) => cpu(index) ?? -1,
            isNumber: true,
          },
        ]
      : []),
    ...(report.meta.hasDelays
      ? [
          {
            label: "Peak memory",
            text: (index: number) =>
              memory(index) === undefined ? "–" : bytes(memory(index) ?? 0),
            value: (index: number) => memory(index) ?? -1,
            isNumber: true,
          },
        ]
      : []),
    {
      label: "Began",
      text: (index) => duration(report.task(index)?.startNs ?? 0),
      value: (index) => report.task(index)?.startNs ?? 0,
      isNumber: true,
    },
    {
      label: "End",
      text: (index) => endOf(report, index),
      value: (index) => endOf(report, index),
      tone: (index) => (report.hasFailed(index) ? "bad-text" : undefined),
    },
  ];
}

function endOf(report: Report, index: number): string {
  const exit = report.task(index)?.exit;
  if (exit?.signal !== undefined) return `signal ${exit.signal}`;
  return exit === undefined ? "no end seen" : exit.code === undefined ? "?" : `${exit.code}`;
}

/** The tasks that lasted longest. */
export function slowestPanel(report: Report, store: Store, choose: Choose): HTMLElement {
  const slowest = report.tasks
    .map((task) => task.index)
    .filter((index) => store.isMatch(index))
    .sort((a, b) => report.lengthNs(b) - report.lengthNs(a))
    .slice(0, SLOWEST);
  return table(slowest, {
    label: "The slowest tasks",
    empty: "No task matches.",
    onRow: choose,
    columns: taskColumns(report),
  });
}

/** Those that ended other than by exit code 0. */
export function failedPanel(report: Report, store: Store, choose: Choose): HTMLElement {
  const failed = report.tasks
    .map((task) => task.index)
    .filter((index) => report.hasFailed(index) && store.isMatch(index));
  return table(failed, {
    label: "Tasks that failed",
    empty: "No task that matches has failed.",
    onRow: choose,
    columns: taskColumns(report),
  });
}

/** What the end waited for. */
export function pathPanel(report: Report, choose: Choose): HTMLElement {
  const root = mainRoot(report.tasks);
  const path = criticalPath(report.tasks, root);
  const whole = path.reduce((sum, { fromNs, toNs }) => sum + toNs - fromNs, 0);
  const longest = path.reduce((most, { fromNs, toNs }) => Math.max(most, toNs - fromNs), 1);
  return element(
    "div",
    {},
    element(
      "p",
      { class: "said" },
      "What the end waited for: walked back from it, always to the child that had ended last. What tasks wait for through files or pipes is not in a trace, so it may be another path.",
    ),
    table(path, {
      label: "Critical path",
      empty: "There is no task.",
      onRow: ({ index }) => choose(index),
      columns: [
        {
          label: "From",
          text: (row) => duration(row.fromNs),
          value: (row) => row.fromNs,
          isNumber: true,
        },
        {
          label: "Own part",
          text: ({ fromNs, toNs }) => duration(toNs - fromNs),
          value: ({ fromNs, toNs }) => toNs - fromNs,
          isNumber: true,
          bar: ({ fromNs, toNs }) => (toNs - fromNs) / longest,
        },
        { label: "Share", text: ({ fromNs, toNs }) => share(toNs - fromNs, whole), isNumber: true },
        { label: "Command", text: (row) => report.line(row.index), isWide: true },
      ],
    }),
  );
}
