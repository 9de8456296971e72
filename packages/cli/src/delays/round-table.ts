import type { SummaryTable } from "@task-watchers/chain";
import type { DelayRound, DelaySample, ShareName } from "@task-watchers/delayacct";
import { count, formatDuration } from "../report/format.ts";
import type { SortKey } from "./delays-arguments.ts";

/** Waits for memory, in whatever way. */
const MEMORY: readonly ShareName[] = [
  "swapinNs",
  "thrashingNs",
  "reclaimNs",
  "compactNs",
  "wpcopyNs",
];

const COLUMNS = [
  { name: "pid", align: "right" },
  { name: "time", align: "right" },
  { name: "cpu", align: "right" },
  { name: "wait", align: "right" },
  { name: "disk", align: "right" },
  { name: "memory", align: "right" },
  { name: "irq", align: "right" },
  { name: "asleep", align: "right" },
  { name: "read", align: "right" },
  { name: "written", align: "right" },
  { name: "peak", align: "right" },
  { name: "command", align: "left" },
] as const;

/** One look for people: where the time of each process went since the one before. */
export function roundTable(
  round: DelayRound,
  sort: SortKey,
  commandOf: (pid: number) => string,
): SummaryTable {
  const rows = round.samples
    .toSorted(ORDERS[sort])
    .map((sample) => rowOf(sample, commandOf(sample.pid)));
  const span = round.elapsedNs > 0n ? `in ${formatDuration(round.elapsedNs)}` : "since their start";
  const from = round.source === "taskstats" ? "the kernel's taskstats" : "/proc";
  return {
    title: `${count(round.samples.length, "process", "processes")}, ${span}, from ${from}`,
    columns: COLUMNS,
    rows,
    notes: round.notes,
  };
}

type Order = (a: DelaySample, b: DelaySample) => number;

const ORDERS: Readonly<Record<SortKey, Order>> = {
  wait: by((sample) => share(sample, "waitCpuNs", "blkioNs", "irqNs", ...MEMORY)),
  cpu: by((sample) => share(sample, "onCpuNs")),
  io: by((sample) => share(sample, "blkioNs")),
  memory: by((sample) => share(sample, ...MEMORY)),
  pid: (a, b) => a.pid - b.pid,
};

/** The largest first; those alike by pid. */
function by(figure: (sample: DelaySample) => bigint): Order {
  return (a, b) => Number(figure(b) - figure(a)) || a.pid - b.pid;
}

function share({ accounting }: DelaySample, ...names: readonly ShareName[]): bigint {
  return names.reduce((sum, name) => sum + accounting.shares[name], 0n);
}

function rowOf(sample: DelaySample, command: string): string[] {
  const { wallNs, readBytes, writtenBytes, peakRssBytes, missing } = sample.accounting;
  const part = (...names: ShareName[]): string => {
    // A share whose figure is not there is 0 for want of knowledge.
    const isUnknown = names.every((name) => Object.hasOwn(missing, name));
    if (wallNs === undefined || isUnknown) return "?";
    const per = wallNs === 0n ? 0 : Number(share(sample, ...names)) / Number(wallNs);
    return `${(per * 100).toFixed(1)}%`;
  };
  return [
    String(sample.pid),
    wallNs === undefined ? "?" : formatDuration(wallNs),
    part("onCpuNs"),
    part("waitCpuNs"),
    part("blkioNs"),
    part(...MEMORY),
    part("irqNs"),
    part("asleepNs"),
    bytes(readBytes),
    bytes(writtenBytes),
    bytes(peakRssBytes),
    command,
  ];
}

/** In powers of 1024; "?" when not known. */
function bytes(value: bigint | undefined): string {
  if (value === undefined) return "?";
  const units = ["B", "K", "M", "G", "T"];
  let n = Number(value);
  let unit = 0;
  for (; n >= 1024 && unit < units.length - 1; unit++) n /= 1024;
  return `${n >= 100 || unit === 0 ? n.toFixed(0) : n.toFixed(1)}${units[unit]}`;
}
