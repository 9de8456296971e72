// Needs of the kernel: perf events on our own threads, as kernel.perf_event_paranoid 2 allows anybody; Linux 6.0 for exact loss.
import { spawnSync } from "node:child_process";
import { threadId } from "@task-watchers/linux";
import { kernel, kernelTest, openDescriptors } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import type { PerfRecord } from "./record.ts";
import { openTaskRecords } from "./task-records.ts";

/** Runs what `body` runs, and gives the records of it, in order of time. */
function recorded(ringPages: number, body: () => void): { records: PerfRecord[]; lost: number } {
  const records: PerfRecord[] = [];
  const opened = openTaskRecords({ threadId: threadId(), ringPages });
  body();
  opened.read((record) => records.push(record));
  opened.close();
  expect(opened.strange).toBe(0);
  opened.read(() => expect.unreachable("it is closed"));
  records.sort((a, b) => Number(a.timeNs - b.timeNs));
  return { records, lost: opened.lost };
}

kernelTest("a command's fork, exec and exit are written down, in that order", [], () => {
  const before = openDescriptors();
  let pid = 0;
  const { records, lost } = recorded(8, () => (pid = spawnSync("true").pid));
  const own = records.filter((record) => record.pid === pid && record.tid === pid);
  expect(own.map(({ type }) => type)).toEqual(["fork", "comm", "exit"]);
  expect(own[0]).toMatchObject({ ppid: process.pid });
  expect(own[1]).toMatchObject({ comm: "true", isExec: true });
  expect(lost).toBe(0);
  expect(openDescriptors()).toEqual(before);
});

kernelTest("what has no room is counted", [kernel("6.0")], () => {
  const loop = "i=0; while [ $i -lt 300 ]; do (:); i=$((i + 1)); done";
  const { records, lost } = recorded(1, () => spawnSync("sh", ["-c", loop]));
  const told = records.filter(({ type }) => type !== "lost").length;
  expect(lost).toBeGreaterThan(0);
  // The shell's own three, and a fork and an exit for each.
  expect(told + lost).toBe(3 + 600);
});

kernelTest("a thread that there is none of has no records", [], () => {
  expect(() => openTaskRecords({ threadId: 0x7fff_ffff })).toThrow(/ESRCH/u);
});
