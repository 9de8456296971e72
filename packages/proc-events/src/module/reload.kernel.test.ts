// Needs of the kernel: the process events connector (any user since Linux 6.6); a C compiler for the load.
import { setTimeout as sleep } from "node:timers/promises";
import { TaskWatchers } from "@task-watchers/chain";
import {
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  startLoad,
} from "@task-watchers/kernel-test";
import { watchTasks } from "@task-watchers/tasks";
import { expect } from "vitest";
import { createProcEvents } from "./proc-events.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, compiler];

kernelTest(
  "A module that comes and goes under load hears nothing after it went, and takes nothing from others",
  NEEDS,
  async () => {
    const watchers = new TaskWatchers();
    let raised = 0;
    const count = (): void => void raised++;
    watchers.register({ name: "count", clone: count, exec: count, exit: count });
    const steady = createProcEvents({ name: "steady" });
    watchers.load(steady);
    let told = 0;
    let lost = 0;
    steady.subscribe(
      { kinds: ["fork", "exec", "exit"] },
      { event: () => void told++, lost: ({ count }) => void (lost += count ?? 0), ended: () => {} },
    );
    await using watch = await watchTasks({ watchers, scope: "all" });
    // Compiled now, not while it counts.
    await startLoad({ rate: 1, seconds: 0, workers: 1, execPercent: 0 });
    const load = startLoad({ rate: 4000, seconds: 5, workers: 2, execPercent: 3 });
    const ended = new AbortController();
    void load.finally(() => ended.abort());
    const fleeting = createProcEvents();
    let heard = 0;
    let late = 0;
    let endings = 0;
    let rounds = 0;
    for (; !ended.signal.aborted; rounds++) {
      const loaded = watchers.load(fleeting);
      let isLoaded = true;
      fleeting.subscribe(
        {},
        {
          event: () => void (isLoaded ? heard++ : late++),
          lost: () => {},
          ended: () => void endings++,
        },
      );
      await sleep(5);
      const unloading = loaded.unload();
      isLoaded = false;
      await unloading;
      if (rounds % 8 === 0) await sleep(3);
    }
    const made = await load;
    await sleep(200);
    watch.drain();
    process.stderr.write(`${rounds} reloads, ${heard} heard between, ${told} events in all\n`);
    expect(rounds).toBeGreaterThan(5);
    expect(heard).toBeGreaterThan(0);
    expect(late).toBe(0);
    expect(endings).toBe(rounds);
    expect(told).toBe(raised);
    expect(told + lost).toBeGreaterThanOrEqual(made.forks + made.execs + made.exits);
    expect(watchers.list().map(({ name, errors }) => [name, errors])).toEqual([["steady", 0]]);
  },
);
