import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProcReader } from "@task-watchers/linux/procfs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BootTime } from "./boot-time.ts";
import { Delivery } from "./delivery.ts";
import { ExecFactsReader } from "./exec-facts.ts";
import { Reconciler } from "./reconcile.ts";
import { Descent } from "./scope.ts";
import { TaskTable } from "./task-table.ts";

const FORK = 1;
const EXEC = 2;
const EXIT = 0x80000000;

/** A /proc that is written by hand. */
class FakeProc {
  readonly root = mkdtempSync(join(tmpdir(), "proc-"));

  put(pid: number, ppid: number, startTicks: number, more: Partial<Shown> = {}): void {
    const { state = "S", exe = "/bin/sh", threads = [pid] } = more;
    const dir = join(this.root, String(pid));
    rmSync(dir, { recursive: true, force: true });
    for (const tid of threads) mkdirSync(join(dir, "task", String(tid)), { recursive: true });
    const between = "0 0 0 0 0 0 0 0 0 0 0 20 0";
    const fields = `${state} ${ppid} 1 1 ${between} ${threads.length} 0 ${startTicks}`;
    writeFileSync(join(dir, "stat"), `${pid} (a) b) ${fields} 0 0\n`);
    writeFileSync(join(dir, "cmdline"), `${exe}\0-c\0`);
    symlinkSync(exe, join(dir, "exe"));
  }

  remove(pid: number): void {
    rmSync(join(this.root, String(pid)), { recursive: true });
  }
}

interface Shown {
  readonly state: string;
  readonly exe: string;
  readonly threads: readonly number[];
}

let proc: FakeProc;
let story: string[];
let table: TaskTable;
let scope: Descent;
let reconciler: Reconciler;
/** Events that the kernel has queued and nobody has read. */
let queued: Array<() => void>;
let comparisons: number;
/** What the clock shows, and by how much it goes on at each look. */
let clock: bigint;
let step: bigint;
const boot = new BootTime();
const now = process.hrtime.bigint();
const ticks = boot.ticks(now);

/** Makes kill(2) fail for whatever pid; those of the tests may be anyone's on this machine. */
function killFails(code: string): void {
  vi.spyOn(process, "kill").mockImplementation(() => {
    throw Object.assign(new Error(`kill ${code}`), { code });
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  killFails("ESRCH");
  proc = new FakeProc();
  story = [];
  queued = [];
  comparisons = 0;
  clock = now;
  step = 0n;
  scope = new Descent();
  const reader = new ProcReader(proc.root);
  table = new TaskTable({
    scope,
    delivery: new Delivery(
      (event, task) => {
        story.push(`${event.type}${event.synthetic ? "*" : ""} ${task.pid}`);
        return 0;
      },
      () => {},
      () => {},
    ),
    facts: new ExecFactsReader(reader),
    boot,
    threads: false,
    idsOf: () => undefined,
    existing: () => {},
  });
  reconciler = new Reconciler({
    table,
    proc: reader,
    boot,
    now: () => (clock += step),
    scope,
    drain: () => {
      for (const apply of queued.splice(0)) apply();
    },
    done: () => comparisons++,
  });
  scope.await(5);
  proc.put(5, 1, ticks);
  table.apply(FORK, 5, 5, 1, 1, now);
  table.apply(EXEC, 5, 5, 0, 0, now);
  story = [];
});

afterEach(() => {
  reconciler.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
  rmSync(proc.root, { recursive: true });
});

function compare(): void {
  reconciler.request(true);
  vi.advanceTimersByTime(1000);
}

test("Reconciler says nothing where nothing was lost", () => {
  compare();
  expect(story).toEqual([]);
});

test("Reconciler finds the children whose forks were lost, and theirs, but no strangers", () => {
  proc.put(6, 5, ticks + 1, { exe: "/bin/ls" });
  proc.put(7, 6, ticks + 2);
  proc.put(99, 1, ticks + 1);
  compare();
  expect(story).toEqual(["init* 6", "clone* 6", "exec* 6", "init* 7", "clone* 7", "exec* 7"]);
});

test("Reconciler ends a task that has gone, once its exit event had time to come", () => {
  proc.remove(5);
  reconciler.request(true);
  vi.advanceTimersByTime(100);
  expect(story).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(story).toEqual(["exit* 5", "free* 5"]);
});

test("Reconciler leaves a task alone that is only hidden from us in /proc", () => {
  killFails("EPERM");
  proc.remove(5);
  compare();
  expect(story).toEqual([]);
});

test("Reconciler leaves a task alone whose exit event came meanwhile", () => {
  proc.remove(5);
  reconciler.request(true);
  vi.advanceTimersByTime(100);
  table.apply(EXIT, 5, 5, 3 << 8, 1, now);
  vi.advanceTimersByTime(500);
  expect(story).toEqual(["exit 5", "free 5"]);
});

test("Reconciler takes a zombie for gone, unless other threads of it live", () => {
  proc.put(5, 1, ticks, { state: "Z", threads: [5, 50] });
  compare();
  expect(table.process(5)).toBeDefined();
  proc.put(5, 1, ticks, { state: "Z" });
  compare();
  expect(table.process(5)).toBeUndefined();
});

test("Reconciler takes a reused pid for a new task", () => {
  proc.put(6, 5, ticks + 1);
  compare();
  story = [];
  proc.put(6, 5, ticks + 500);
  compare();
  expect(story.slice(0, 4)).toEqual(["exit* 6", "free* 6", "init* 6", "clone* 6"]);
});

test("Reconciler notices another program, but not that its file was deleted", () => {
  proc.put(5, 1, ticks, { exe: "/bin/sh (deleted)" });
  compare();
  expect(story).toEqual([]);
  proc.put(5, 1, ticks, { exe: "/bin/cat" });
  compare();
  expect(story).toEqual(["exec* 5"]);
});

test("Reconciler learns the threads that are there, so that the process can end", () => {
  table.apply(FORK, 50, 5, 1, 1, now); // its exit will be lost
  proc.put(5, 1, ticks);
  compare();
  table.apply(EXIT, 5, 5, 0, 1, now);
  expect(table.process(5)).toBeUndefined();
});

test("Reconciler answers a storm of losses with one comparison", () => {
  for (let i = 0; i < 1000; i++) reconciler.request(true);
  vi.advanceTimersByTime(1000);
  // One look, and a second one at what the first one noticed.
  expect(comparisons).toBe(2);
});

test("Reconciler leaves to the kernel what is queued already: a fork, an exec, an exit, a thread's end", () => {
  proc.put(6, 5, ticks + 1);
  proc.put(7, 5, ticks + 1, { exe: "/bin/sh" });
  table.apply(FORK, 7, 7, 5, 5, now);
  table.apply(EXEC, 7, 7, 0, 0, now);
  proc.put(7, 5, ticks + 1, { exe: "/bin/ls" });
  proc.put(8, 5, ticks + 1);
  table.apply(FORK, 8, 8, 5, 5, now);
  proc.remove(8);
  table.apply(FORK, 50, 5, 1, 1, now);
  story = [];
  reconciler.request(true);
  vi.advanceTimersByTime(100);
  queued.push(
    () => table.apply(FORK, 6, 6, 5, 5, now),
    () => table.apply(EXEC, 7, 7, 0, 0, now),
    () => table.apply(EXIT, 8, 8, 0, 5, now),
    () => table.apply(EXIT, 50, 5, 0, 0, now),
  );
  vi.advanceTimersByTime(1000);
  expect(story).toEqual(["init 6", "clone 6", "exec 7", "exit 8", "free 8"]);
});

test("Reconciler finds children before theirs, also where pids started over in between", () => {
  // Each the last one's child; every other pid is lower than its parent's.
  const pids = [900, 60, 901, 61, 902, 62, 903, 63];
  let parent = 5;
  for (const [i, pid] of pids.entries()) {
    proc.put(pid, parent, ticks + 1 + i);
    parent = pid;
  }
  compare();
  expect(story).toEqual(pids.flatMap((pid) => [`init* ${pid}`, `clone* ${pid}`]));
});

test("Reconciler compares once more for a loss that came while it was at it", () => {
  reconciler.request(true);
  vi.advanceTimersByTime(100);
  proc.put(6, 5, ticks + 1);
  reconciler.request(true);
  vi.advanceTimersByTime(100);
  expect(story).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(story).toEqual(["init* 6", "clone* 6"]);
  // Two looks that share a turn, and the last second look.
  expect(comparisons).toBe(3);
});

test("Reconciler looks at nothing that no loss gave reason to look at", () => {
  compare();
  proc.put(6, 5, ticks + 1);
  vi.advanceTimersByTime(10_000);
  expect(story).toEqual([]);
  expect(comparisons).toBe(2);
});

test("Reconciler compares no more once closed", () => {
  proc.remove(5);
  reconciler.request(true);
  vi.advanceTimersByTime(100);
  reconciler.close();
  vi.advanceTimersByTime(1000);
  expect(story).toEqual([]);
});

test("Reconciler compares programs only when events were lost, and finds children all the same", () => {
  proc.put(5, 1, ticks, { exe: "/bin/renamed" });
  proc.put(6, 5, ticks + 1, { exe: "/bin/sh" });
  reconciler.request(false);
  vi.advanceTimersByTime(1000);
  expect(story).toEqual(["init* 6", "clone* 6"]);
  story = [];
  // One loss among many requests is enough.
  reconciler.request(true);
  reconciler.request(false);
  vi.advanceTimersByTime(1000);
  expect(story).toEqual(["exec* 5"]);
  proc.put(5, 1, ticks, { exe: "/bin/renamed-again" });
  reconciler.request(false);
  vi.advanceTimersByTime(1000);
  expect(story).toEqual(["exec* 5"]);
});

test("Reconciler rests after a long comparison, unless events were lost", () => {
  step = 1_000_000_000n;
  reconciler.request(false);
  vi.advanceTimersByTime(1000);
  const first = comparisons;
  expect(first).toBeGreaterThan(0);
  reconciler.request(false);
  vi.advanceTimersByTime(1000);
  expect(comparisons).toBe(first);
  reconciler.request(true);
  vi.advanceTimersByTime(1000);
  expect(comparisons).toBeGreaterThan(first);
  clock += 1_000_000_000_000n;
  const second = comparisons;
  reconciler.request(false);
  vi.advanceTimersByTime(1000);
  expect(comparisons).toBeGreaterThan(second);
});
