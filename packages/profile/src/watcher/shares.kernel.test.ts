// Needs of the kernel: perf events, the process events connector (any user since Linux 6.6); a C compiler.
import { compiler, initialNamespaces, kernel, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { busyProgram, runProfiled, timeBy } from "./run-profiled.fixture.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, compiler];

kernelTest(
  "Functions that take 60, 30 and 10 parts of the time have such shares, within three points",
  NEEDS,
  async () => {
    // Ahead of others, where that is allowed: five seconds of CPU time may take long on a busy machine.
    const { pid, result, records, status, summary, errors } = await runProfiled(
      ["nice", "-n", "-15", busyProgram(), "5000"],
      { kernelStacks: false },
    );
    expect(errors).toEqual([]);
    const byFunction = timeBy(result, (_command, leaf) => leaf);
    const all = Object.values(byFunction).reduce((sum, ns) => sum + ns, 0);
    for (const [name, share] of Object.entries({ sixty: 60, thirty: 30, ten: 10 })) {
      const found = ((byFunction[`${name}_parts`] ?? 0) / all) * 100;
      expect(Math.abs(found - share), `${name} has ${found} %`).toBeLessThan(3);
    }
    expect(status.counters).toMatchObject({ lost: 0, others: 0, waiting: 0, malformed: 0 });
    expect(records).toMatchObject([{ pid, samples: result.samples.length }]);
    expect(records[0]?.functions[0]?.name).toBe("sixty_parts");
    expect(summary[1]?.rows[0]?.[3]).toBe("sixty_parts");
    expect(result.samples.map(({ timeNs }) => timeNs)).toEqual(
      result.samples.map(({ timeNs }) => timeNs).sort((a, b) => Number(a - b)),
    );
  },
);

kernelTest("Sampled time is the scheduler's within a twentieth", NEEDS, async () => {
  // The program ends when the scheduler's clock of its CPU time says so; it takes a little more to start.
  const { result, status } = await runProfiled([busyProgram(), "1500"], { frequencyHz: 997 });
  const sampledMs = result.samples.reduce((sum, { weightNs }) => sum + weightNs, 0) / 1e6;
  expect(status.counters["lost"]).toBe(0);
  expect(Math.abs(sampledMs - 1500), `${sampledMs} ms`).toBeLessThan(75);
});

kernelTest("Threads are folded into their process, or are tasks of their own", NEEDS, async () => {
  const command = [busyProgram(), "300", "3"];
  const folded = await runProfiled(command, { frequencyHz: 499 });
  expect(folded.result.tasks).toMatchObject([{ pid: folded.pid, tgid: folded.pid }]);
  const raised = await runProfiled(command, { frequencyHz: 499, threads: true });
  const threads = raised.records.filter(({ pid, tgid }) => pid !== tgid);
  expect(threads).toHaveLength(3);
  for (const { cpuNs } of threads) {
    expect(Math.abs(Number(cpuNs) / 1e6 - 300)).toBeLessThan(60);
  }
  const whole = folded.result.samples.reduce((sum, { weightNs }) => sum + weightNs, 0) / 1e6;
  expect(Math.abs(whole - 900)).toBeLessThan(90);
});
