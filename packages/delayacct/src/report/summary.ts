import type { SummaryTable } from "@task-watchers/chain";
import type { Accounting } from "../watcher/accounting.ts";
import type { ShareName, Shares } from "../watcher/shares.ts";
import { formatBytes, formatNs, formatPart, formatProcesses } from "./format.ts";
import type { RunTotals } from "./run-totals.ts";

/** Rows of a table by command or by branch. */
const TOP = 10;

/** Shares by what people call them, in the order of the table. */
const NAMES: readonly (readonly [share: ShareName, name: string])[] = [
  ["onCpuNs", "on a CPU"],
  ["waitCpuNs", "waiting for a CPU"],
  ["blkioNs", "block I/O"],
  ["swapinNs", "swap-in"],
  ["thrashingNs", "thrashing"],
  ["reclaimNs", "reclaim"],
  ["compactNs", "compaction"],
  ["wpcopyNs", "copy on write"],
  ["irqNs", "interrupts"],
  ["asleepNs", "asleep"],
];

/** Shares that are shown though there was none, unless they were not counted. */
const ALWAYS: ReadonlySet<ShareName> = new Set(["onCpuNs", "waitCpuNs", "blkioNs", "asleepNs"]);

/** What a watch found out, for people. @param notes about sources and what is missing, below the first table */
export function summaryTables(totals: RunTotals, notes: readonly string[]): SummaryTable[] {
  const commands = [...totals.commands].map(([name, tally]) => [name, tally.accounting] as const);
  if (totals.tasks === 0 && notes.length === 0) return [];
  const branches = [...totals.branches].map(
    ({ pid, command, tally }) => [`${command || "(running)"} ${pid}`, tally.accounting] as const,
  );
  const lived = totals.withThreads > 0 ? "thread time" : "lived";
  return [
    sharesTable(totals, notes),
    ...topTable("what waited longest, by command", ["command", lived], commands),
    ...topTable("what waited longest, by branch of the tree", ["branch", lived], branches),
    ...peaksTable(totals),
  ];
}

/** Time that was neither worked nor slept away, nanoseconds. */
function waitedNs(shares: Shares): bigint {
  const all = Object.values(shares).reduce((sum: bigint, ns: bigint) => sum + ns, 0n);
  return all - shares.onCpuNs - shares.asleepNs;
}

function sharesTable(totals: RunTotals, notes: readonly string[]): SummaryTable {
  const { tasks, shares, wallNs, overlapNs, missing } = totals.all;
  const isShown = (share: ShareName): boolean =>
    shares[share] > 0n || (ALWAYS.has(share) && !(share in missing));
  const rows = NAMES.filter(([share]) => isShown(share)).map(([share, name]) => [
    name,
    formatNs(shares[share]),
    formatPart(shares[share], wallNs ?? 0n),
  ]);
  return {
    title: `where the ${totals.withThreads > 0 ? "thread time" : "time"} of ${formatProcesses(tasks)} went`,
    columns: [
      { name: "", align: "left" },
      { name: "time", align: "right" },
      { name: "part", align: "right" },
    ],
    rows:
      wallNs === undefined
        ? []
        : [
            ...rows,
            [
              totals.withThreads > 0 ? "all threads" : "all",
              formatNs(wallNs),
              formatPart(wallNs, wallNs),
            ],
          ],
    notes: [
      ...(overlapNs > 0n
        ? [`waits overlap each other or time on a CPU by ${formatNs(overlapNs)}, counted once here`]
        : []),
      ...notes,
    ],
  };
}

function topTable(
  title: string,
  [first, last]: readonly [first: string, last: string],
  entries: readonly (readonly [name: string, accounting: Accounting])[],
): SummaryTable[] {
  const known = entries.filter(([, { wallNs }]) => wallNs !== undefined);
  if (known.length < 2) return [];
  const sorted = known
    .map(([name, accounting]) => ({ name, accounting, waited: waitedNs(accounting.shares) }))
    .sort((a, b) => Number(b.waited - a.waited));
  const rows = sorted.slice(0, TOP).map(({ name, accounting, waited }) => {
    const { tasks, shares, wallNs = 0n } = accounting;
    const memory = shares.swapinNs + shares.thrashingNs + shares.reclaimNs + shares.compactNs;
    const times = [waited, shares.waitCpuNs, shares.blkioNs, memory, shares.onCpuNs, wallNs];
    return [name, String(tasks), ...times.map(formatNs)];
  });
  const left = sorted.length - rows.length;
  const numbers = ["processes", "waited", "for CPU", "for disk", "for memory", "on CPU", last];
  return [
    {
      title,
      columns: [
        { name: first, align: "left" },
        ...numbers.map((name) => ({ name, align: "right" }) as const),
      ],
      rows,
      notes: left > 0 ? [`and ${left} more`] : [],
    },
  ];
}

function peaksTable({ peaks }: RunTotals): SummaryTable[] {
  if (peaks.length === 0) return [];
  return [
    {
      title: "most memory",
      columns: [
        { name: "command", align: "left" },
        { name: "pid", align: "right" },
        { name: "peak", align: "right" },
      ],
      rows: peaks.map(({ command, pid, bytes }) => [command, String(pid), formatBytes(bytes)]),
      notes: [],
    },
  ];
}
