// Needs of the kernel: perf events, the process events connector (any user since Linux 6.6); CAP_PERFMON for the host; a C
// compiler.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  capability,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  openDescriptors,
} from "@task-watchers/kernel-test";
import { TaskWatchers } from "@task-watchers/chain";
import { watchTasks } from "@task-watchers/tasks";
import { expect } from "vitest";
import { createProfile } from "./profile.ts";
import { busyProgram, runProfiled, timeBy } from "./run-profiled.fixture.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, compiler];

kernelTest(
  "With the host as target, samples of others are counted and left out",
  [...NEEDS, capability("CAP_PERFMON")],
  async () => {
    const other = spawn(busyProgram(), ["60000"], { stdio: "ignore" });
    const before = openDescriptors();
    const { pid, result, status } = await runProfiled([busyProgram(), "400"], {
      target: { kind: "host" },
      frequencyHz: 499,
    });
    other.kill("SIGKILL");
    await once(other, "close");
    expect(result.tasks.map((task) => task.pid)).toEqual([pid]);
    expect(result.samples.length).toBeGreaterThan(100);
    expect(status.counters["others"]).toBeGreaterThan(50);
    const { samples, settled, others } = status.counters;
    expect(Number(settled) + Number(others)).toBe(samples);
    expect(openDescriptors().length).toBeLessThanOrEqual(before.length);
  },
);

kernelTest(
  "A process that runs already is profiled, under its name and by its functions",
  NEEDS,
  async () => {
    const child = spawn(busyProgram(), ["60000", "2"], { stdio: "ignore" });
    const pid = child.pid ?? 0;
    try {
      const watchers = new TaskWatchers();
      const module = createProfile({ target: { kind: "pids", pids: [pid] }, frequencyHz: 499 });
      watchers.load(module);
      await using watch = await watchTasks({ watchers });
      watch.follow(pid);
      await sleep(1000);
      await watch.close();
      const result = module.result();
      if (result === undefined) throw new Error("there is no result");
      const commands = new Set(Object.keys(timeBy(result, (command) => command)));
      expect(commands).toEqual(new Set([busyProgram().split("/").at(-1)]));
      const functions = timeBy(result, (_command, leaf) => leaf);
      expect(functions["sixty_parts"]).toBeGreaterThan(functions["ten_parts"] ?? 0);
      expect(module.status().counters).toMatchObject({ others: 0, lost: 0 });
    } finally {
      child.kill("SIGKILL");
      await once(child, "close");
    }
  },
);

kernelTest(
  "Functions that Node.js compiles have their names, with --perf-basic-prof",
  NEEDS,
  async () => {
    const script = `
    function hotLoop(n) { let x = 1; for (let i = 0; i < n; i++) x = (x * 31 + i) | 0; return x; }
    for (const end = process.cpuUsage().user + 700e3; process.cpuUsage().user < end;) hotLoop(1e5);
  `;
    const { pid, result, status } = await runProfiled(
      [
        process.execPath,
        "--perf-basic-prof",
        "--no-logfile-per-isolate",
        "--logfile=/dev/null",
        "-e",
        script,
      ],
      { frequencyHz: 499 },
    );
    rmSync(`/tmp/perf-${pid}.map`);
    const time = timeBy(result, (_command, leaf) => leaf);
    const hot = Object.entries(time).filter(([name]) => name.includes("hotLoop"));
    expect(status.counters["jitMaps"]).toBe(1);
    expect(hot.reduce((sum, [, ns]) => sum + ns, 0) / 1e6).toBeGreaterThan(200);
  },
);
