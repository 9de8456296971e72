// Needs of the kernel: taskstats, the process events connector; CAP_NET_ADMIN; a C compiler.
import {
  capability,
  compileC,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { runWatched } from "./run-watched.fixture.ts";
import { THREADS_C } from "./threads.fixture.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, capability("CAP_NET_ADMIN"), compiler];
/** CPU time that the program's threads take at least, nanoseconds. */
const COMPUTED_NS = 300_000_000n;

kernelTest(
  "A process has the time of its threads, those that ended before it, too",
  NEEDS,
  async () => {
    const { delays, own, status } = await runWatched([compileC(THREADS_C, "delayacct-threads")]);
    expect(delays).toHaveLength(1);
    const { onCpuNs, wallNs, shares } = own.accounting;
    expect(onCpuNs).toBeGreaterThan(COMPUTED_NS - 10_000_000n);
    // Thread time: the sum of all four.
    expect(wallNs).toBeGreaterThan(COMPUTED_NS);
    expect(Object.values(shares).reduce((sum, ns) => sum + ns, 0n)).toBe(wallNs);
    expect(status.counters).toMatchObject({ joined: 1, missing: 0 });
  },
);

kernelTest(
  "A program run by another thread goes on with the time of the one before",
  NEEDS,
  async () => {
    const program = compileC(THREADS_C, "delayacct-threads");
    // On one CPU: see "A sleeper is asleep".
    const { delays, own } = await runWatched(["taskset", "-c", "0", program, "exec"]);
    expect(delays).toHaveLength(1);
    expect(own.accounting.onCpuNs).toBeGreaterThan(COMPUTED_NS - 10_000_000n);
    expect(own.accounting.missing["record"]).toBeUndefined();
    expect(own.accounting.shares.asleepNs).toBeGreaterThan(200_000_000n);
  },
);

kernelTest("Threads that are watched as tasks have their own", NEEDS, async () => {
  const command = [compileC(THREADS_C, "delayacct-threads")];
  const { delays, own, status } = await runWatched(command, { threads: true });
  const threads = delays.filter(({ task }) => task.pid !== task.tgid);
  expect(threads).toHaveLength(3);
  for (const { accounting } of threads) {
    expect(accounting.onCpuNs).toBeGreaterThan(90_000_000n);
    expect(accounting.onCpuNs).toBeLessThan(300_000_000n);
  }
  expect(own.accounting.onCpuNs).toBeGreaterThan(COMPUTED_NS - 10_000_000n);
  expect(status.counters).toMatchObject({ tasks: 1, joined: 4, missing: 0 });
});

for (const source of ["taskstats", "proc"] as const) {
  kernelTest(`The time of threads that ended is there, by ${source}`, NEEDS, async () => {
    const program = compileC(THREADS_C, "delayacct-threads");
    // `sleep` does not ask for its status, and outlives it: it can be looked at after its end.
    const command = ["sh", "-c", '"$0" & exec sleep 4', program];
    const { delays, summary, lines } = await runWatched(command, { source });
    const own = delays.find(({ hadThreads }) => hadThreads === true);
    if (own === undefined) throw new Error("no process had threads");
    const { onCpuNs, wallNs, missing } = own.accounting;
    expect(onCpuNs).toBeGreaterThan(COMPUTED_NS - 30_000_000n);
    expect(wallNs).toBeGreaterThan(COMPUTED_NS - 30_000_000n);
    expect(own.threads).toBe(source === "proc" ? undefined : 4);
    expect(Object.keys(missing).filter((name) => name in own.accounting)).toEqual([]);
    expect(summary[0]?.title).toContain("thread time");
    expect(lines.find(({ pid }) => pid === own.task.pid)).toMatchObject({
      hadThreads: true,
      elapsedNs: String(own.elapsedNs),
    });
  });
}
