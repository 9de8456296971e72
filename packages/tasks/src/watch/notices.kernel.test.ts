// Needs of the kernel: the process events connector with its event mask (Linux 6.6); a C compiler; root for the flood by
// another user.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import {
  TASK_EVENTS,
  type TaskEvent,
  TaskWatchers,
  type WatchListener,
} from "@task-watchers/chain";
import {
  compileC,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  root,
} from "@task-watchers/kernel-test";
import { beforeAll, expect } from "vitest";
import type { TaskWatch } from "./task-watch.ts";
import { watchTasks } from "./watch-tasks.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, compiler];
const SOON = { timeout: 60_000 };

let program = "";
beforeAll(() => {
  program = compileC(readFileSync(new URL("./notices.c", import.meta.url), "utf8"), "notices");
});

/** Everything told of one process: events of the chain and notices, in order. */
class Told {
  readonly watchers: TaskWatchers = new TaskWatchers();
  readonly all: { readonly type: string; readonly tgid: number; readonly ppid: number }[] = [];
  readonly losses: unknown[] = [];
  readonly listener: WatchListener = {
    lost: (loss) => this.losses.push(loss),
    sid: (notice, task) => this.#take(notice, task),
    ptrace: (notice, task) => this.#take(notice, task),
    comm: (notice, task) => this.#take(notice, task),
    coredump: (notice, task) => this.#take(notice, task),
  };

  constructor() {
    const ops = TASK_EVENTS.map((name) => [
      name,
      (event: TaskEvent, task: { tgid: number; ppid: number }) => this.#take(event, task),
    ]);
    this.watchers.register({ name: "told", ...Object.fromEntries(ops) });
  }

  #take(event: { type: string }, task: { tgid: number; ppid: number }): void {
    this.all.push({ ...event, tgid: task.tgid, ppid: task.ppid });
  }
}

async function runUnder(watch: TaskWatch, ...args: string[]): Promise<number> {
  const child = spawn(program, args, { stdio: "ignore" });
  const pid = child.pid ?? 0;
  watch.follow(pid);
  await once(child, "exit");
  await watch.whenIdle();
  return pid;
}

kernelTest(
  "listen() tells the four notices, between their task's fork and exit",
  NEEDS,
  async () => {
    const told = new Told();
    await using watch = await watchTasks({ watchers: told.watchers });
    const stop = watch.listen(told.listener);
    const parent = await runUnder(watch);
    const child = told.all.filter((event) => event.ppid === parent);
    expect(child.map((event) => event.type)).toEqual([
      "init",
      "clone",
      "comm",
      "sid",
      "ptrace",
      "ptrace",
      "coredump",
      "exit",
      "free",
    ]);
    const { tgid } = child[0] ?? { tgid: 0 };
    expect(child[2]).toMatchObject({ comm: "a\nb\u001b[31mc\udcff\udcfe", pid: tgid });
    expect(child[4]).toMatchObject({ tracer: { pid: parent, tgid: parent } });
    expect(child[5]).not.toHaveProperty("tracer");
    expect(child[7]).toMatchObject({ signal: 6 });
    stop();
    told.all.length = 0;
    await runUnder(watch);
    expect(told.all.filter((event) => ["comm", "sid", "ptrace"].includes(event.type))).toEqual([]);
    expect(told.losses).toEqual([]);
  },
);

kernelTest(
  "A module may listen while it is opened; without a mask notices come as well",
  NEEDS,
  async () => {
    const told = new Told();
    told.watchers.load({
      name: "listener",
      version: "1.0.0",
      watcher: { name: "listener", exit() {} },
      open: (watch) => void watch.listen?.(told.listener),
    });
    await using watch = await watchTasks({ watchers: told.watchers, mask: false });
    const parent = await runUnder(watch);
    const child = told.all.filter((event) => event.ppid === parent).map((event) => event.type);
    expect(child.filter((type) => !TASK_EVENTS.some((name) => name === type))).toEqual([
      "comm",
      "sid",
      "ptrace",
      "ptrace",
      "coredump",
    ]);
  },
);

kernelTest(
  "A flood of renames by another user overflows the queue of notices, not that of lives",
  [...NEEDS, root],
  async () => {
    const told = new Told();
    const { comm: _comm, ...others } = told.listener;
    let renames = 0;
    await using watch = await watchTasks({ scope: "all", watchers: told.watchers });
    watch.listen({ ...others, comm: () => renames++ });
    const flood = spawn(program, ["flood"], { stdio: "ignore", uid: 65534, gid: 65534 });
    try {
      const shell = spawn("sh", ["-c", "for i in $(seq 300); do /bin/true; done"]);
      const pid = shell.pid ?? 0;
      await once(shell, "exit");
      const children = (type: string): unknown[] =>
        told.all.filter((event) => event.ppid === pid && event.type === type);
      await expect.poll(() => children("exit").length, SOON).toBe(301);
      expect(children("clone")).toHaveLength(301);
      await expect.poll(() => renames, SOON).toBeGreaterThan(1000);
    } finally {
      flood.kill("SIGKILL");
      await once(flood, "exit");
    }
    const { connector } = watch.counters();
    expect(connector?.lost).toBe(0);
    console.log(`renames told ${renames}, lost ${connector?.noticesLost}`);
  },
);
