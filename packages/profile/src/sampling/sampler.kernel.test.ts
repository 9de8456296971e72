// Needs of the kernel: perf events on our own tasks, as kernel.perf_event_paranoid 2 allows anybody; a C compiler.
import { readFileSync } from "node:fs";
import { compiler, kernel, kernelTest, openDescriptors } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { busyProgram } from "../watcher/run-profiled.fixture.ts";
import { Collected, run } from "./collect.fixture.ts";
import { kernelSetting } from "@task-watchers/perf";
import { openSampler } from "./open-sampler.ts";

const DESCENT = { kind: "descent" } as const;
/** The longest there is. */
const SELDOM_MS = 10_000;
/** More than two pages hold. */
const SAMPLES = 3000;

kernelTest("What is started afterwards is sampled, and we are not", [compiler], async () => {
  const before = openDescriptors();
  const collected = new Collected();
  using sampler = openSampler({ target: DESCENT, frequencyHz: 499, ...collected });
  await run("sh", "-c", `${busyProgram()} 200; :`);
  for (const end = performance.now() + 50; performance.now() < end;);
  sampler.close();
  const pids = new Set(collected.samples.map(({ pid }) => pid));
  expect(pids.has(process.pid)).toBe(false);
  const types = new Set(collected.records.map(({ type }) => type));
  expect([...types].sort()).toEqual(["comm", "exit", "fork", "map", "sample"]);
  expect(collected.samples.length).toBeGreaterThan(60);
  const times = collected.records.map(({ timeNs }) => timeNs);
  expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
  expect(sampler.counters()).toMatchObject({ lost: 0, unknown: 0, malformed: 0, resyncs: 0 });
  expect(sampler.counters()).toMatchObject({ records: times.length, late: 0 });
  expect(openDescriptors()).toEqual(before);
  expect(readFileSync("/proc/self/maps", "utf8")).not.toContain("[perf_event]");
});

kernelTest(
  "What a small ring lost is what the events count, and what the records say",
  [compiler, kernel("6.0")],
  async () => {
    const collected = new Collected();
    // The kernel lowers it where samples have taken too much time.
    const frequencyHz = Math.min(10_000, kernelSetting("perf_event_max_sample_rate") ?? 10_000);
    using sampler = openSampler({
      target: DESCENT,
      frequencyHz,
      ringPages: 2,
      intervalMs: SELDOM_MS,
      ...collected,
    });
    await run(busyProgram(), String(Math.ceil((1000 * SAMPLES) / frequencyHz)));
    const overrun = sampler.counters().lost;
    expect(overrun).toBeGreaterThan(100);
    sampler.drain();
    expect(collected.lost).toBeLessThanOrEqual(overrun);
    // The kernel tells of a loss before the next record that has room, on each CPU.
    for (let tries = 0; tries < 20 && collected.lost < sampler.counters().lost; tries++) {
      for (const cpu of sampler.cpus) await run("taskset", "-c", String(cpu), "true");
      sampler.drain();
    }
    expect(collected.lost).toBe(sampler.counters().lost);
    expect(sampler.counters().malformed).toBe(0);
  },
);

kernelTest("A ring that fills fast is read more often", [compiler], async () => {
  const collected = new Collected();
  using sampler = openSampler({
    target: DESCENT,
    frequencyHz: Math.min(5000, kernelSetting("perf_event_max_sample_rate") ?? 5000),
    ringPages: 8,
    intervalMs: 40,
    ...collected,
  });
  await run(busyProgram(), "500");
  sampler.close();
  const told = collected.records.filter(({ type }) => type !== "lost").length;
  expect(told).toBeGreaterThan(500);
  expect(sampler.counters()).toMatchObject({ resyncs: 0, malformed: 0, unknown: 0 });
});

kernelTest("A frequency above the kernel's is refused, and both are named", [], () => {
  const most = kernelSetting("perf_event_max_sample_rate") ?? 0;
  const open = (): unknown =>
    openSampler({ target: DESCENT, frequencyHz: most + 1, onRecord: () => {} });
  expect(open).toThrow(RangeError);
  expect(open).toThrow(
    `frequencyHz is ${most + 1}, and kernel.perf_event_max_sample_rate allows ${most}`,
  );
});

kernelTest("A process that has ended cannot be sampled", [], () => {
  // Beyond the largest pid_max.
  const target = { kind: "pids", pids: [4_194_305] } as const;
  expect(() => openSampler({ target, onRecord: () => {} })).toThrow(
    expect.objectContaining({ name: "PerfUnavailableError", code: "ESRCH" }),
  );
});

kernelTest("A machine without a counter of cycles says so, or has one", [], () => {
  try {
    using sampler = openSampler({ target: DESCENT, event: "cycles", onRecord: () => {} });
    expect(sampler.event).toBe("cycles");
  } catch (error) {
    expect(error).toMatchObject({ name: "PerfUnavailableError", code: "ENOENT" });
    expect(error).toMatchObject({ remedy: "use the event cpu-clock" });
  }
});

kernelTest("Closing twice does nothing, and what it has counted stays", [], () => {
  const sampler = openSampler({ target: DESCENT, onRecord: () => {} });
  sampler.close();
  sampler.close();
  sampler.drain();
  expect(sampler.counters()).toMatchObject({ samples: 0, lost: 0 });
});
