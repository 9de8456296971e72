// Needs /proc; no privilege.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { kernelTest } from "@task-watchers/kernel-test";
import { monotonicNs } from "@task-watchers/linux";
import { expect } from "vitest";
import { beginning } from "./live-task.fixture.ts";
import { LiveTasks } from "./live-tasks.ts";
import { lookAt } from "./task-figures.ts";

function startTicks(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

kernelTest("a look at a busy process says what it took since the look before", [], async () => {
  const child = spawn("sh", ["-c", "while :; do :; done"], { stdio: "ignore" });
  try {
    const pid = child.pid ?? 0;
    const task = new LiveTasks().began(beginning(pid, 1, { id: `${pid}.${startTicks(pid)}` }));
    // Between its fork and its exec it has no memory of its own to speak of.
    await expect
      .poll(() => lookAt(task, Number(monotonicNs()))?.rssBytes, { timeout: 20_000 })
      .toBeGreaterThan(100_000);
    const first = lookAt(task, Number(monotonicNs()));
    expect(first).toMatchObject({ threads: 1, rates: undefined });
    task.figures = first;
    // It runs or waits for a CPU, however busy the machine is.
    await expect
      .poll(() => lookAt(task, Number(monotonicNs()))?.cpuNs, { timeout: 20_000 })
      .toBeGreaterThan((first?.cpuNs ?? 0) + 20e6);
    const { rates } = lookAt(task, Number(monotonicNs())) ?? {};
    expect(rates?.cpu).toBeGreaterThan(0);
    expect((rates?.cpu ?? 0) + (rates?.wait ?? 0)).toBeLessThan(1.5);
  } finally {
    child.kill("SIGKILL");
  }
});

kernelTest("a look at another process of the same pid finds nothing", [], () => {
  const task = new LiveTasks().began(beginning(process.pid, 1, { id: `${process.pid}.1` }));
  expect(lookAt(task, 0)).toBeUndefined();
});
