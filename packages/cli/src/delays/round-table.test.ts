import { account, type DelayRound, type DelaySample } from "@task-watchers/delayacct";
import { expect, test } from "vitest";
import { roundTable } from "./round-table.ts";
import { sampleLines } from "./sample-lines.ts";

const SECOND = 1_000_000_000n;

function sample(pid: number, figures: Parameters<typeof account>[0], missing = {}): DelaySample {
  return { pid, task: `${pid}.1`, accounting: account({ wallNs: SECOND, ...figures }, missing) };
}

const ROUND: DelayRound = {
  timeNs: 5n * SECOND,
  elapsedNs: SECOND,
  source: "taskstats",
  samples: [
    sample(1, { onCpuNs: SECOND / 2n, readBytes: 1536n, peakRssBytes: 10n * 1024n * 1024n }),
    sample(2, { blkioNs: SECOND / 4n, waitCpuNs: SECOND / 10n }),
    sample(3, { reclaimNs: SECOND / 20n }, { blkioNs: "not-in-proc" }),
  ],
  gone: [],
  notes: ["kernel.task_delayacct is 0"],
};

test("roundTable() shows shares of the time, and a question mark for what is not known", () => {
  const { title, rows, columns, notes } = roundTable(ROUND, "pid", (pid) => `program ${pid}`);
  expect(title).toBe("3 processes, in 1.00 s, from the kernel's taskstats");
  expect(columns.map(({ name }) => name)).toHaveLength(rows[0]?.length ?? 0);
  expect(rows).toEqual([
    [
      "1",
      "1.00 s",
      "50.0%",
      "0.0%",
      "0.0%",
      "0.0%",
      "0.0%",
      "50.0%",
      "1.5K",
      "?",
      "10.0M",
      "program 1",
    ],
    ["2", "1.00 s", "0.0%", "10.0%", "25.0%", "0.0%", "0.0%", "65.0%", "?", "?", "?", "program 2"],
    ["3", "1.00 s", "0.0%", "0.0%", "?", "5.0%", "0.0%", "95.0%", "?", "?", "?", "program 3"],
  ]);
  expect(notes).toEqual(ROUND.notes);
});

test.each([
  ["wait", [2, 3, 1]],
  ["cpu", [1, 2, 3]],
  ["io", [2, 1, 3]],
  ["memory", [3, 1, 2]],
] as const)("roundTable() sorts by %s", (key, pids) => {
  const { rows } = roundTable(ROUND, key, () => "");
  expect(rows.map(([pid]) => Number(pid))).toEqual(pids);
});

test("sampleLines() has a line a process, figures as decimal strings, and why others are absent", () => {
  const lines = sampleLines(ROUND).trimEnd().split("\n");
  expect(lines).toHaveLength(3);
  expect(JSON.parse(lines[2] ?? "")).toEqual({
    type: "delays-sample",
    timeNs: "5000000000",
    elapsedNs: "1000000000",
    task: "3.1",
    pid: 3,
    source: "taskstats",
    wallNs: "1000000000",
    reclaimNs: "50000000",
    asleepNs: "950000000",
    missing: { blkioNs: "not-in-proc" },
  });
});
