// Needs of the kernel: taskstats, the process events connector; CAP_NET_ADMIN; a C compiler for the load.
import { TaskWatchers } from "@task-watchers/chain";
import {
  capability,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  startLoad,
} from "@task-watchers/kernel-test";
import { watchTasks } from "@task-watchers/tasks";
import { expect } from "vitest";
import { createDelayacct } from "./delayacct.ts";
import type { DelayacctOptions } from "./options.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, capability("CAP_NET_ADMIN"), compiler];

/** Runs the load for two seconds, and counts what became of its tasks. */
async function underLoad(rate: number, options: DelayacctOptions) {
  const watchers = new TaskWatchers();
  const module = createDelayacct(options);
  watchers.load(module);
  const reasons = new Map<string, number>();
  let exits = 0;
  watchers.register({ name: "exits", exit: () => void exits++ });
  let told = 0;
  module.listen(({ accounting }) => {
    told++;
    const reason = accounting.missing["record"] ?? "joined";
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  });
  // Compiled now, not while it counts.
  await startLoad({ rate: 1, seconds: 0, workers: 1, execPercent: 0 });
  await using watch = await watchTasks({ watchers });
  const load = startLoad({ rate, seconds: 2, workers: 2, execPercent: 0 });
  watch.follow(load.pid);
  const made = await load;
  await watch.whenIdle();
  const { counters } = module.status();
  const lost = watch.counters().connector?.lost ?? 0;
  await watch.close();
  return { told, exits, lost, reasons, counters, made, listings: watchers.list() };
}

kernelTest("A storm: every task is told of, joined or with the reason why not", NEEDS, async () => {
  const { told, exits, lost, made, reasons, counters, listings } = await underLoad(100_000, {});
  process.stderr.write(`${made.exits} exits, ${lost} lost, ${JSON.stringify([...reasons])}\n`);
  expect(told).toBe(exits);
  // On a machine with too little for both of us, a task whose every event was lost is told of by nobody, but counted.
  expect(told + lost).toBeGreaterThanOrEqual(made.exits);
  const { joined, missing } = counters;
  expect(Number(joined) + Number(missing)).toBe(told);
  if (Number(counters["lost"]) === 0) expect([...reasons.keys()]).toEqual(["joined"]);
  expect(listings.map(({ errors }) => errors)).toEqual([0]);
});

kernelTest("With a small queue, tasks without a record say that it was lost", NEEDS, async () => {
  const options = { receiveBufferBytes: 4096 };
  const { told, exits, reasons, counters } = await underLoad(20_000, options);
  process.stderr.write(`${told} told, ${JSON.stringify([...reasons])}\n`);
  expect(told).toBe(exits);
  expect(Number(counters["lost"])).toBeGreaterThan(0);
  expect(reasons.get("lost")).toBeGreaterThan(0);
  // The kernel's count is of the whole host.
  expect(reasons.get("lost")).toBeLessThanOrEqual(Number(counters["lost"]));
  const known = new Set(["joined", "lost", "perhaps-lost", "ambiguous"]);
  expect([...reasons.keys()].filter((reason) => !known.has(reason))).toEqual([]);
});
