import { expect, test } from "vitest";
import type { Task } from "@task-watchers/chain";
import { account } from "../watcher/accounting.ts";
import { exitAt, fakeTask, MS, S } from "../watcher/fake-tasks.fixture.ts";
import type { Figures } from "../watcher/figures.ts";
import { formatBytes, formatNs, formatPart } from "./format.ts";
import { RunTotals } from "./run-totals.ts";
import { summaryTables } from "./summary.ts";

function ran(pid: number, exe: string, parent?: Task): Task {
  const facts = { exe, argv: [], cwd: "/", cgroup: "/" } as const;
  return { ...fakeTask(pid, 1n * S, parent), exec: { type: "exec", timeNs: 1n * S, ...facts } };
}

function setUp() {
  const totals = new RunTotals();
  const end = (task: Task, figures: Figures, missing = {}): void => {
    const accounting = account(figures, missing);
    totals.add({ task, exit: exitAt(3n * S), source: "taskstats", accounting });
    totals.free(task);
  };
  const begin = (task: Task): Task => {
    totals.begin(task);
    return task;
  };
  return { totals, begin, end };
}

test("summaryTables() tells where the time went, by command and by branch, and peak memory", () => {
  const { totals, begin, end } = setUp();
  const make = begin(ran(1, "/usr/bin/make"));
  const [lib, app] = [begin(ran(2, "/bin/sh", make)), begin(ran(3, "/bin/sh", make))];
  const cc = begin(ran(4, "/usr/bin/cc", lib));
  end(cc, { wallNs: 100n * MS, onCpuNs: 60n * MS, waitCpuNs: 30n * MS, peakRssBytes: 2048n });
  end(lib, { wallNs: 120n * MS, onCpuNs: 1n * MS, peakRssBytes: 1024n });
  end(app, { wallNs: 10n * MS, blkioNs: 5n * MS, peakRssBytes: 1024n });
  end(make, { wallNs: 200n * MS, peakRssBytes: 512n });
  const [shares, commands, branches, peaks] = summaryTables(totals, ["a note"]);
  expect(shares?.title).toBe("where the time of 4 processes went");
  expect(shares?.rows).toContainEqual(["on a CPU", "61.0 ms", "14.2 %"]);
  expect(shares?.rows.at(-1)).toEqual(["all", "430 ms", "100.0 %"]);
  expect(shares?.notes).toEqual(["a note"]);
  expect(commands?.rows.map(([name, n]) => `${name} ${n}`)).toEqual(["cc 1", "sh 2", "make 1"]);
  expect(branches?.rows.map((row) => row.slice(0, 3))).toEqual([
    ["sh 2", "2", "30.0 ms"],
    ["sh 3", "1", "5.00 ms"],
  ]);
  expect(peaks?.rows[0]).toEqual(["cc", "4", "2.00 KiB"]);
  for (const table of [shares, commands, branches, peaks]) {
    for (const row of table?.rows ?? []) expect(row).toHaveLength(table?.columns.length ?? 0);
  }
});

test("summaryTables() leaves out shares that were not counted", () => {
  const { totals, begin, end } = setUp();
  end(begin(ran(1, "/bin/a")), { wallNs: 1n * S }, { blkioNs: "switched-off" });
  const names = summaryTables(totals, [])[0]?.rows.map(([name]) => name);
  expect(names).toEqual(["on a CPU", "waiting for a CPU", "asleep", "all"]);
});

test("summaryTables() has nothing to say of nothing", () => {
  expect(summaryTables(new RunTotals(), [])).toEqual([]);
});

test("RunTotals keeps few names and peaks, however many there are", () => {
  const { totals, begin, end } = setUp();
  for (let pid = 1; pid <= 3000; pid++) {
    end(begin(ran(pid, `/bin/${pid}`)), { wallNs: 1n, peakRssBytes: BigInt(pid) });
  }
  expect(totals.commands.size).toBe(2001);
  expect(totals.commands.get("(others)")?.accounting.tasks).toBe(1000);
  expect(totals.peaks.map(({ pid }) => pid)).toEqual([3000, 2999, 2998, 2997, 2996]);
});

test("Figures are written for people", () => {
  expect([0n, 999n, 1500n, 12_345_678n, 3n * S, 3000n * S].map(formatNs)).toEqual([
    ...["0", "999 ns", "1.50 µs", "12.3 ms", "3.00 s", "50.0 min"],
  ]);
  expect([512n, 1536n, 5n << 30n].map(formatBytes)).toEqual(["512 B", "1.50 KiB", "5.00 GiB"]);
  expect(formatPart(1n, 3n)).toBe("33.3 %");
  expect(formatPart(1n, 0n)).toBe("");
});

test("A program that was gone before it was looked at has the name in its record", () => {
  const { totals } = setUp();
  const gone = { missing: "ENOENT" };
  const facts = { exe: gone, argv: gone, cwd: gone, cgroup: gone };
  const task: Task = { ...fakeTask(1, 1n * S), exec: { type: "exec", timeNs: 1n * S, ...facts } };
  const rest = { exit: exitAt(3n * S), source: "taskstats", accounting: account({}) } as const;
  totals.add({ task, comm: "dd", ...rest });
  totals.add({ task, ...rest });
  expect([...totals.commands.keys()]).toEqual(["dd", "(unknown)"]);
});

test("With threads the time is theirs, and says so", () => {
  const { totals, begin } = setUp();
  const rest = { exit: exitAt(3n * S), source: "taskstats", hadThreads: true } as const;
  for (const [pid, exe] of [
    [1, "/bin/a"],
    [2, "/bin/b"],
  ] as const) {
    totals.add({ task: begin(ran(pid, exe)), ...rest, accounting: account({ wallNs: 1n * S }) });
  }
  const [shares, commands] = summaryTables(totals, []);
  expect(shares?.title).toBe("where the thread time of 2 processes went");
  expect(shares?.rows.at(-1)?.[0]).toBe("all threads");
  expect(commands?.columns.at(-1)?.name).toBe("thread time");
});
