// Needs of the kernel: perf events on tasks of our own user; a C compiler.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ProcReader } from "@task-watchers/linux/procfs";
import {
  compileC,
  compiler,
  installed,
  kernelTest,
  openDescriptors,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { busyProgram } from "../watcher/run-profiled.fixture.ts";
import { Collected } from "./collect.fixture.ts";
import { withDescent } from "./process-threads.ts";
import { openSampler } from "./open-sampler.ts";

const proc = new ProcReader();

/** CPU time of a thread so far, by the scheduler, milliseconds. */
function cpuMs(tgid: number, tid: number): number {
  return Number(readFileSync(`/proc/${tgid}/task/${tid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
}

async function end(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "close");
}

/** The processes' threads, once there are so many of them. */
async function threadsOf(pid: number, atLeast: number): Promise<[tgid: number, tid: number][]> {
  for (;;) {
    const threads = withDescent(proc, [pid]).flatMap((tgid) =>
      proc.threads(tgid).map((tid): [number, number] => [tgid, tid]),
    );
    if (threads.length >= atLeast) return threads;
    await sleep(10);
  }
}

kernelTest(
  "Every thread of a running tree is sampled, for as long as it computes, and once",
  [compiler],
  async () => {
    const before = openDescriptors();
    const script = `${busyProgram()} 60000 3 & exec ${busyProgram()} 60000 2`;
    const child = spawn("sh", ["-c", script], { stdio: "ignore" });
    const pid = child.pid ?? 0;
    try {
      // Two processes whose first threads wait, three and two threads that compute.
      const threads = await threadsOf(pid, 7);
      const times = (): number[] => threads.map(([tgid, tid]) => cpuMs(tgid, tid));
      const collected = new Collected();
      const target = { kind: "pids", pids: [pid] } as const;
      const beforeOpen = times();
      const sampler = openSampler({ target, frequencyHz: 499, ...collected });
      const opened = times();
      await sleep(1500);
      const closing = times();
      sampler.close();
      const closed = times();
      for (const [at, [tgid, tid]] of threads.entries()) {
        const own = collected.samples.filter((sample) => sample.tid === tid);
        expect(own.every((sample) => sample.pid === tgid)).toBe(true);
        const sampled = own.reduce((sum, { period }) => sum + period, 0) / 1e6;
        const least = (closing[at] ?? 0) - (opened[at] ?? 0);
        const most = (closed[at] ?? 0) - (beforeOpen[at] ?? 0);
        expect(sampled, `thread ${tid} of ${tgid}`).toBeLessThan(most * 1.05 + 10);
        expect(sampled, `thread ${tid} of ${tgid}`).toBeGreaterThan(least * 0.9 - 20);
      }
      expect(sampler.counters()).toMatchObject({ lost: 0 });
    } finally {
      // The other has the group of the first no more; both end with their own pids.
      for (const tgid of withDescent(proc, [pid])) if (tgid !== pid) process.kill(tgid, "SIGKILL");
      await end(child);
    }
    expect(openDescriptors()).toEqual(before);
  },
);

kernelTest(
  "Threads that are started while the events are opened are not counted double",
  [compiler],
  async () => {
    const source = readFileSync(new URL("threads.c", import.meta.url), "utf8");
    const child = spawn(compileC(source, "profile-threads"), ["60000"], { stdio: "ignore" });
    const pid = child.pid ?? 0;
    try {
      await sleep(100);
      for (let round = 0; round < 4; round++) {
        const collected = new Collected();
        const target = { kind: "pids", pids: [pid] } as const;
        using sampler = openSampler({ target, frequencyHz: 999, ...collected });
        // A busy machine has less time for them.
        do await sleep(200);
        while (new Set(collected.samples.map(({ tid }) => tid)).size < 6);
        sampler.close();
        const byThread = new Map<number, number>();
        for (const { tid, period } of collected.samples) {
          byThread.set(tid, (byThread.get(tid) ?? 0) + period / 1e6);
        }
        byThread.delete(pid);
        expect(byThread.size).toBeGreaterThan(3);
        // Each computes for 10 ms, and hardly more: with two events it would have 20.
        const most = [...byThread.values()].filter((ms) => ms > 15);
        expect(most).toEqual([]);
      }
    } finally {
      await end(child);
    }
  },
);

kernelTest(
  "More threads than descriptors may be open are refused, and the limit is named",
  [compiler],
  async () => {
    // Behind all others: so many threads would leave us no time.
    const child = spawn("nice", ["-n", "19", busyProgram(), "60000", "40"], { stdio: "ignore" });
    try {
      await threadsOf(child.pid ?? 0, 41);
      const program = `
      import { openSampler } from "@task-watchers/profile/sampler";
      import { execFileSync } from "node:child_process";
      import { readdirSync } from "node:fs";
      // Now that all files are read.
      execFileSync("prlimit", ["--pid", String(process.pid), "--nofile=40"]);
      const open = () => readdirSync("/proc/self/fd").length;
      const before = open();
      try {
        openSampler({ target: { kind: "pids", pids: [${child.pid}] }, onRecord() {} });
      } catch ({ name, code, message }) {
        console.log(JSON.stringify({ name, code, message, left: open() - before }));
      }`;
      const script = `cd '${installed("profile")}' && exec '${process.execPath}' --input-type=module -e "$0"`;
      const ended = spawnSync("sh", ["-c", script, program], { encoding: "utf8", timeout: 60_000 });
      expect(ended).toMatchObject({ status: 0, stderr: "" });
      const printed = JSON.parse(ended.stdout) as Record<string, unknown>;
      expect(printed).toMatchObject({ name: "PerfUnavailableError", code: "EMFILE", left: 0 });
      expect(printed["message"]).toContain("RLIMIT_NOFILE");
    } finally {
      await end(child);
    }
  },
);
