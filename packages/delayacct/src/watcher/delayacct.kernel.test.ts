// Needs of the kernel: taskstats, the process events connector, delay accounting's switch (Linux 5.14); CAP_NET_ADMIN.
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskWatchers } from "@task-watchers/chain";
import { capability, initialNamespaces, kernel, kernelTest } from "@task-watchers/kernel-test";
import { watchTasks } from "@task-watchers/tasks";
import { expect } from "vitest";
import { createDelayacct } from "./delayacct.ts";
import { runWatched } from "./run-watched.fixture.ts";
import type { TaskDelays } from "./task-delays.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, capability("CAP_NET_ADMIN")];

kernelTest("3,000 short processes: every one has its record", NEEDS, async () => {
  const script = "i=0; while [ $i -lt 3000 ]; do ( : ); i=$((i+1)); done";
  const { delays, lines, status, errors, own } = await runWatched(["sh", "-c", script]);
  expect(errors).toEqual([]);
  const { joined, lost, missing } = status.counters;
  expect(status.counters).toMatchObject({ tasks: 3001 });
  // Records of the whole host go through the queue: what others make it lose is counted.
  expect(Number(joined) + Number(missing)).toBe(3001);
  if (Number(lost) === 0) expect(joined).toBe(3001);
  expect(delays).toHaveLength(3001);
  expect(lines).toHaveLength(3001);
  for (const { accounting, exit, task } of delays) {
    if (accounting.missing["record"] !== undefined) continue;
    // A record lived as long as the events say, and not as long as another process.
    const lifeNs = exit.timeNs - task.startNs;
    expect(accounting.wallNs).toBeGreaterThan(0n);
    // The fork was told of a moment after the start, which may be long where many want a CPU.
    expect(accounting.wallNs).toBeLessThan(lifeNs + 1_000_000_000n);
  }
  expect(own.accounting.minorFaults).toBeGreaterThan(3000n);
});

kernelTest("A sleeper is asleep", NEEDS, async () => {
  // On one CPU: of a task that is moved to another as it falls asleep, Linux 6.18 counts the sleep as a wait.
  const { own } = await runWatched(["taskset", "-c", "0", "sleep", "2"]);
  const { shares, wallNs = 0n, voluntarySwitches } = own.accounting;
  expect(own.source).toBe("taskstats");
  expect(wallNs).toBeGreaterThan(2_000_000_000n);
  expect(shares.asleepNs * 3n).toBeGreaterThan(wallNs * 2n);
  expect(voluntarySwitches).toBeGreaterThan(0n);
});

kernelTest("Three that compute on one CPU wait for it most of the time", NEEDS, async () => {
  const hog = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";
  const script = `for n in 1 2 3; do ( ${hog} ) & done; wait`;
  const { delays, own } = await runWatched(["taskset", "-c", "0", "sh", "-c", script]);
  const hogs = delays.filter(({ task }) => task.ppid === own.task.pid);
  expect(hogs).toHaveLength(3);
  for (const { accounting } of hogs) {
    const { shares, wallNs = 0n } = accounting;
    // Two thirds, if nothing else ran there.
    expect(shares.waitCpuNs * 4n).toBeGreaterThan(wallNs);
    expect(shares.onCpuNs).toBeGreaterThan(0n);
    expect(shares.onCpuNs * 2n).toBeLessThan(wallNs);
  }
});

kernelTest(
  "A task that was there before has the figures of its whole life, and says so",
  NEEDS,
  async () => {
    const child = spawn("sleep", ["300"]);
    await sleep(800);
    const watchers = new TaskWatchers();
    const module = createDelayacct();
    watchers.load(module);
    const told: TaskDelays[] = [];
    module.listen((delays) => void told.push(delays));
    await using watch = await watchTasks({ watchers });
    watch.follow(child.pid ?? 0);
    child.kill();
    await watch.whenIdle();
    expect(told).toMatchObject([{ existing: true, source: "taskstats" }]);
    expect(told[0]?.accounting.wallNs).toBeGreaterThan(790_000_000n);
  },
);
