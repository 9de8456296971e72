// Needs of the kernel: the process events connector (any user since Linux 6.6); a C compiler; root for the pid's reuse.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { type ExitEvent, type Task, type TaskEvent, TaskWatchers } from "@task-watchers/chain";
import {
  compileC,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  root,
} from "@task-watchers/kernel-test";
import { beforeAll, expect } from "vitest";
import type { TrackedTask } from "../table/tracked-task.ts";
import type { WatchOptions } from "./watch-options.ts";
import { watchTasks } from "./watch-tasks.ts";

const NEEDS = [kernel("6.6"), initialNamespaces];
const SOURCE = readFileSync(new URL("./threads.c", import.meta.url), "utf8");

type Told = readonly [event: TaskEvent, task: TrackedTask];

/** Runs a command under a watch and gives what was told of it, and its pid. */
async function watched(argv: string[], options: WatchOptions = {}): Promise<[Told[], number]> {
  const told: Told[] = [];
  const watchers = new TaskWatchers();
  const tell = (event: TaskEvent, task: unknown): void => {
    told.push([event, task as TrackedTask]);
  };
  watchers.chain.register({
    name: "tell",
    ...{ init: tell, clone: tell, exec: tell, uid: tell, gid: tell, exit: tell, free: tell },
  });
  await using watch = await watchTasks({ ...options, watchers });
  const [file = "", ...args] = argv;
  const child = spawn(file, args, { stdio: "ignore" });
  const pid = child.pid ?? 0;
  watch.follow(pid);
  await watch.whenIdle();
  return [told, pid];
}

/** `"exec"` for every event of one task, in order. */
function story(told: readonly Told[], pid: number): string[] {
  return told
    .filter(([, task]) => task.pid === pid)
    .map(([event]) => (event.synthetic ? `${event.type} (${event.synthetic})` : event.type));
}

function exits(told: readonly Told[]): ExitEvent[] {
  return told.map(([event]) => event).filter((event) => event.type === "exit");
}

let threads = "";
beforeAll(() => {
  threads = compileC(SOURCE, "threads");
});

kernelTest("watchTasks() tells the life of a command and of its child", NEEDS, async () => {
  const [told, pid] = await watched(["sh", "-c", "sleep 0.05; exit 7"]);
  expect(story(told, pid)).toEqual(["init", "clone", "exec", "exit", "free"]);
  const child = told.find(([, task]) => task.ppid === pid)?.[1];
  expect(child?.id).toMatch(new RegExp(`^${child?.pid}\\.\\d+$`, "u"));
  expect(story(told, child?.pid ?? 0)).toEqual(["init", "clone", "exec", "exit", "free"]);
  const [sleepExit, shellExit] = exits(told);
  expect(sleepExit).toMatchObject({ code: 0 });
  expect(Number(sleepExit?.durationNs)).toBeGreaterThan(50e6);
  expect(shellExit).toMatchObject({ code: 7 });
});

kernelTest("watchTasks() reads what a program was started with", NEEDS, async () => {
  const hostile = "a\nb\u001b[31m";
  const [told, pid] = await watched(["sleep", "1", "0", `0.0`]);
  const exec = told.find(([event, task]) => event.type === "exec" && task.pid === pid)?.[0];
  expect(exec).toMatchObject({ argv: ["sleep", "1", "0", "0.0"], cwd: process.cwd() });
  expect(exec).toMatchObject({ exe: expect.stringMatching(/\/sleep$|coreutils/u) });
  const [odd, oddPid] = await watched(["sh", "-c", "sleep 1", hostile]);
  const oddExec = odd.find(([event, task]) => event.type === "exec" && task.pid === oddPid)?.[0];
  expect(oddExec).toMatchObject({ argv: ["sh", "-c", "sleep 1", hostile] });
});

kernelTest("watchTasks() gives start times that /proc confirms", NEEDS, async () => {
  const watchers = new TaskWatchers();
  await using watch = await watchTasks({ watchers });
  const child = spawn("sleep", ["5"]);
  watch.follow(child.pid ?? 0);
  const [task] = watch.tasks();
  const stat = readFileSync(`/proc/${child.pid}/stat`, "latin1");
  const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  const [, mine] = (task?.id ?? "").split(".");
  expect(Math.abs(Number(mine) - ticks)).toBeLessThanOrEqual(1);
  child.kill("SIGKILL");
});

kernelTest(
  "A process whose first thread leaves early ends with its last",
  [...NEEDS, compiler],
  async () => {
    const [told, pid] = await watched([threads, "leader-first"]);
    expect(story(told, pid)).toEqual(["init", "clone", "exec", "exit", "free"]);
    expect(exits(told)).toMatchObject([{ code: 5 }]);
    expect(Number(exits(told)[0]?.durationNs)).toBeGreaterThan(100e6);
  },
);

kernelTest(
  "An exec from another thread does not end the process",
  [...NEEDS, compiler],
  async () => {
    const [told, pid] = await watched([threads, "exec-from-thread"]);
    expect(story(told, pid)).toEqual(["init", "clone", "exec", "exec", "exit", "free"]);
    expect(exits(told)).toMatchObject([{ code: 3 }]);
  },
);

kernelTest(
  "With threads, the id that an exec leaves behind is closed",
  [...NEEDS, compiler],
  async () => {
    const [told, pid] = await watched([threads, "exec-from-thread"], { threads: true });
    const others = new Set(told.map(([, task]) => task.pid).filter((tid) => tid !== pid));
    expect(others.size).toBe(2);
    const lives = [...others].map((tid) => story(told, tid));
    const synthetic = lives.filter((life) => life.includes("exit (exec-from-thread)"));
    expect(synthetic).toHaveLength(1);
    for (const life of lives)
      expect(life.filter((event) => event.startsWith("free"))).toHaveLength(1);
  },
);

kernelTest(
  "A killed process of three threads ends once, by signal 9",
  [...NEEDS, compiler],
  async () => {
    const [told, pid] = await watched([threads, "killed"]);
    expect(story(told, pid)).toEqual(["init", "clone", "exec", "exit", "free"]);
    expect(exits(told)).toMatchObject([{ signal: 9 }]);
  },
);

kernelTest(
  "A child that nobody waits for keeps parent and status",
  [...NEEDS, compiler],
  async () => {
    const [told, pid] = await watched([threads, "auto-reaped"]);
    const child = told.find(([event]) => event.type === "exit" && event.code === 9)?.[1];
    expect(child?.ppid).toBe(pid);
  },
);

kernelTest(
  "A process ends with its own status, though a thread is on its way out still",
  [...NEEDS, compiler],
  async () => {
    const [told] = await watched([threads, "joined"]);
    const codes = exits(told).map(({ code }) => code);
    expect(codes).toEqual([...Array.from({ length: 300 }, () => 3), 0]);
  },
);

kernelTest("A daemon is followed after its parent has gone", [...NEEDS, compiler], async () => {
  const [told, pid] = await watched([threads, "daemon"]);
  const ended = exits(told).map((exit) => exit.code);
  expect(ended).toEqual([0, 4]);
  expect(told.find(([event]) => event.type === "exit")?.[1].pid).toBe(pid);
});

kernelTest("A reused pid is another task", [...NEEDS, compiler, root], async () => {
  // Any other fork on the host in the wrong moment takes the pid; the program says so by its exit code.
  for (let tries = 0; tries < 60; tries++) {
    const [told, pid] = await watched([threads, "reuse"]);
    const own = exits(told).at(-1);
    if (own?.code !== 0) continue;
    const children = told.filter(([, task]) => task.ppid === pid);
    expect(new Set(children.map(([, task]) => task.pid)).size).toBe(1);
    const inits = children.filter(([event]) => event.type === "init");
    expect(inits).toHaveLength(2);
    expect(exits(children).map((exit) => exit.code)).toEqual([1, 2]);
    expect(inits[0]?.[1]).not.toBe(inits[1]?.[1]);
    return;
  }
  throw new Error("the pid was taken by others every time");
});

kernelTest("follow() takes up a process that runs already, with its descent", NEEDS, async () => {
  const child = spawn("sh", ["-c", "cat; exit 6"]);
  child.stdin.write("it runs");
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const seen: string[] = [];
  const watchers = new TaskWatchers();
  watchers.chain.register({
    name: "seen",
    existing: true,
    init: (event, task) =>
      void seen.push(`${event.existing ? "existing" : "new"} ${task.exec?.exe}`),
    exit: (event) => void seen.push(`exit ${event.code}`),
  });
  await using watch = await watchTasks({ watchers });
  watch.follow(child.pid ?? 0);
  expect(seen).toHaveLength(2);
  expect(seen[0]).toMatch(/^existing .*sh/u);
  child.stdin.end();
  await watch.whenIdle();
  expect(seen.slice(2)).toEqual(["exit 0", "exit 6"]);
});

kernelTest("follow() refuses a pid that is none, or nobody's", NEEDS, async () => {
  await using watch = await watchTasks({ watchers: new TaskWatchers() });
  expect(() => watch.follow(0)).toThrow("pid must be a positive integer, got 0");
  expect(() => watch.follow(4_194_304)).toThrow(expect.objectContaining({ code: "ESRCH" }));
});

kernelTest("follow() says that a watch is closed", NEEDS, async () => {
  const watch = await watchTasks({ watchers: new TaskWatchers() });
  await watch.close();
  expect(() => watch.follow(process.pid)).toThrow(
    expect.objectContaining({ code: "EBADF", message: expect.stringContaining("is closed") }),
  );
});

kernelTest(
  "The pidfd source tells the end and status of a process that is no child",
  [kernel("6.15")],
  async () => {
    // The shell's child is our grandchild, reaped by the shell.
    const script = "exec 3<&0; (read line <&3; exit 5) & echo $!; wait";
    const shell = spawn("sh", ["-c", script], { stdio: ["pipe", "pipe", "ignore"] });
    const [line] = await new Promise<string[]>((resolve) =>
      shell.stdout.once("data", (data: Buffer) => resolve(String(data).split("\n"))),
    );
    const ends: ExitEvent[] = [];
    const watchers = new TaskWatchers();
    watchers.chain.register({ name: "ends", exit: (event) => void ends.push(event) });
    await using watch = await watchTasks({ watchers, source: "pidfd" });
    watch.follow(Number(line));
    shell.stdin.end("\n");
    await watch.whenIdle();
    expect(ends).toMatchObject([{ code: 5 }]);
    expect(watch.counters().connector).toBeUndefined();
  },
);

kernelTest(
  "Of the whole host, every process is told of once, whether it was there or came",
  NEEDS,
  async () => {
    // By task: a busy host comes round to the same pid within seconds.
    const told = { before: [] as Task[], came: [] as Task[] };
    const watchers = new TaskWatchers();
    watchers.register({
      name: "census",
      existing: true,
      init: (event, task) => void told[event.existing ? "before" : "came"].push(task),
    });
    // Some come and go while the watch begins.
    const busy = spawn("sh", ["-c", "for i in $(seq 200); do /bin/true; done; read line"]);
    await using watch = await watchTasks({ watchers, scope: "all" });
    for (const pid of [process.pid, 1, busy.pid]) {
      expect(told.before.filter((task) => task.pid === pid)).toHaveLength(1);
    }
    busy.stdin.end("\n");
    await new Promise((resolve) => busy.once("exit", resolve));
    const isThere = (): boolean => [...watch.tasks()].some((task) => task.pid === busy.pid);
    await expect.poll(isThere, { timeout: 60_000 }).toBe(false);
    const ids = [...told.before, ...told.came].map((task) => task.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(told.came.length).toBeGreaterThan(0);
    expect([...watch.tasks()].find((task) => task.pid === 1)?.exec?.argv).toBeDefined();
  },
);
