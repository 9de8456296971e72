// Needs of the kernel: the process events connector (any user since Linux 6.6), pidfds.
import { spawn, spawnSync } from "node:child_process";
import { TaskWatchers } from "@task-watchers/chain";
import { initialNamespaces, installed, kernel, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import type { TrackedTask } from "../table/tracked-task.ts";
import { watchTasks } from "./watch-tasks.ts";

const NEEDS = [kernel("6.6"), initialNamespaces];

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

kernelTest("A watcher that reads on from inside an op loses nothing", NEEDS, async () => {
  const watchers = new TaskWatchers();
  let told = 0;
  await using watch = await watchTasks({ watchers });
  watchers.register({
    name: "greedy",
    exec: () => {
      watch.drain();
      told++;
    },
  });
  const child = spawn("sh", ["-c", "for i in $(seq 300); do /bin/true; done"]);
  watch.follow(child.pid ?? 0);
  block(1200);
  await watch.whenIdle();
  // The shell, its seq, and what it ran.
  expect(told).toBe(302);
});

kernelTest("A watch that a watcher closes lets go of every task it told of", NEEDS, async () => {
  const watchers = new TaskWatchers();
  const alive = new Set<string>();
  const watch = await watchTasks({ watchers, scope: "all" });
  watchers.register({
    name: "closer",
    init: (_event, task) => void alive.add(task.id),
    exit: () => void watch.close(),
    free: (_event, task) => void alive.delete(task.id),
  });
  const child = spawn("sh", ["-c", "for i in $(seq 100); do /bin/true; done"]);
  block(300);
  await new Promise((resolve) => child.once("exit", resolve));
  await watch.close();
  expect(alive.size).toBe(0);
});

kernelTest(
  "Tasks that ended hold no ancestors, however late their watchers answer",
  NEEDS,
  async () => {
    const watchers = new TaskWatchers();
    const tasks: TrackedTask[] = [];
    watchers.register({
      name: "late",
      init: (_event, task) => void tasks.push(task as TrackedTask),
      exit: () => Promise.resolve(),
    });
    await using watch = await watchTasks({ watchers });
    const child = spawn("sh", ["-c", "sh -c 'sh -c true; true'; true"]);
    watch.follow(child.pid ?? 0);
    await watch.whenIdle();
    expect(tasks.length).toBeGreaterThan(1);
    expect(tasks.map((task) => task.parent)).toEqual(tasks.map(() => undefined));
  },
);

kernelTest("A watch that finds no descriptor free leaves the registry free", NEEDS, () => {
  const program = `
    import { TaskWatchers } from "@task-watchers/chain";
    import { watchTasks } from "@task-watchers/tasks";
    import { closeSync, openSync } from "node:fs";
    const watchers = new TaskWatchers();
    // Whatever is loaded late is loaded now.
    await (await watchTasks({ watchers })).close();
    const codes = [];
    for (let free = 0; free < 4; free++) {
      const held = [];
      try { for (;;) held.push(openSync("/dev/null")); } catch {}
      for (let i = 0; i < free; i++) closeSync(held.pop());
      try {
        const watch = await watchTasks({ watchers });
        await watch.close();
        codes.push("watched");
      } catch (error) { codes.push(error.code); }
      for (const fd of held) closeSync(fd);
    }
    await (await watchTasks({ watchers })).close();
    console.log(codes.join(" "));
  `;
  // Enough for a loader that opens all modules at once.
  const script = `ulimit -n 512; cd '${installed("tasks")}' && exec '${process.execPath}' --input-type=module -e "$0"`;
  const { stdout, stderr } = spawnSync("sh", ["-c", script, program], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^EMFILE .*\n$/u);
  expect(stdout).not.toMatch(/EBUSY/u);
});

kernelTest("A pidfd watch that is not to hold the process holds it not", [kernel("5.3")], () => {
  const program = `
    import { TaskWatchers } from "@task-watchers/chain";
    import { watchTasks } from "@task-watchers/tasks";
    const watch = await watchTasks({ watchers: new TaskWatchers(), source: "pidfd" });
    watch.unref();
    watch.follow(process.ppid);
    console.log("done");
  `;
  const script = `cd '${installed("tasks")}'; '${process.execPath}' --input-type=module -e "$0"`;
  const options = { encoding: "utf8", timeout: 60_000 } as const;
  const { stdout, signal } = spawnSync("sh", ["-c", script, program], options);
  expect({ stdout, signal }).toEqual({ stdout: "done\n", signal: null });
});
