import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExitEvent, TaskEvent } from "@task-watchers/chain";
import { ProcReader } from "@task-watchers/linux/procfs";
import { afterAll, beforeEach, expect, test } from "vitest";
import { BootTime } from "./boot-time.ts";
import { Delivery } from "./delivery.ts";
import { ExecFactsReader } from "./exec-facts.ts";
import { AllTasks, Descent, type Scope } from "./scope.ts";
import { TaskTable } from "./task-table.ts";
import type { TrackedTask } from "./tracked-task.ts";

const FORK = 1;
const EXEC = 2;
const UID = 4;
const GID = 0x40;
const EXIT = 0x80000000;
const MS = 1_000_000n;

const emptyProc = mkdtempSync(join(tmpdir(), "proc-"));
afterAll(() => rmSync(emptyProc, { recursive: true }));

let told: Array<[name: string, pid: number, event: TaskEvent]> = [];
const visited: number[] = [];

function tableOf<S extends Scope>(threads: boolean, scope: S): [TaskTable, S] {
  told = [];
  const raise = (event: TaskEvent, task: TrackedTask): number => {
    told.push([event.synthetic ? `${event.type}*` : event.type, task.pid, event]);
    return 0;
  };
  const table = new TaskTable({
    scope,
    delivery: new Delivery(
      raise,
      () => {},
      () => {},
    ),
    facts: new ExecFactsReader(new ProcReader(emptyProc)),
    boot: new BootTime(),
    threads,
    idsOf: () => ({ ruid: 1000, euid: 1000, rgid: 100, egid: 100 }),
    existing: (task) => visited.push(task.pid),
  });
  return [table, scope];
}

/** What was told, as `"exec 5"`. */
function story(): string[] {
  return told.map(([name, pid]) => `${name} ${pid}`);
}

function exitOf(pid: number): ExitEvent {
  const found = told.find(([, of, event]) => of === pid && event.type === "exit");
  if (found?.[2].type !== "exit") throw new Error(`no exit of ${pid}`);
  return found[2];
}

let table: TaskTable;

beforeEach(() => {
  const [made, scope] = tableOf(false, new Descent());
  table = made;
  scope.await(5);
  table.apply(FORK, 5, 5, 1, 1, 0n);
});

test("TaskTable tells a process's life in the order of 2006", () => {
  table.apply(EXEC, 5, 5, 0, 0, 1n * MS);
  table.apply(UID, 5, 5, 0, 0, 2n * MS);
  table.apply(EXIT, 5, 5, 7 << 8, 1, 3n * MS);
  expect(story()).toEqual(["init 5", "clone 5", "exec 5", "uid 5", "exit 5", "free 5"]);
  expect(exitOf(5)).toMatchObject({ code: 7, durationNs: 3_000_000n });
  expect(table.size).toBe(0);
});

test("TaskTable follows the descent of what it was told to, and nobody else", () => {
  table.apply(FORK, 6, 6, 5, 5, 0n);
  table.apply(FORK, 7, 7, 6, 6, 0n);
  table.apply(FORK, 99, 99, 1, 1, 0n);
  table.apply(EXEC, 99, 99, 0, 0, 0n);
  table.apply(EXIT, 99, 99, 0, 0, 0n);
  expect(story()).toEqual(["init 5", "clone 5", "init 6", "clone 6", "init 7", "clone 7"]);
  expect(table.process(7)?.parent?.pid).toBe(6);
});

test("TaskTable keeps following a process whose parent has gone", () => {
  table.apply(FORK, 6, 6, 5, 5, 0n);
  table.apply(EXIT, 5, 5, 0, 1, 0n);
  table.apply(FORK, 7, 7, 6, 6, 0n);
  expect(table.process(7)).toBeDefined();
});

test("TaskTable reads signal and core dump from the wait status", () => {
  table.apply(EXIT, 5, 5, 0x8b, 1, 0n); // SIGSEGV, core dumped
  expect(exitOf(5)).toMatchObject({ signal: 11, coreDumped: true });
  expect(exitOf(5)).not.toHaveProperty("code");
});

test("TaskTable ends a process with its last thread, and with that thread's status", () => {
  table.apply(FORK, 50, 5, 1, 1, 0n);
  table.apply(EXIT, 5, 5, 0, 1, 1n); // pthread_exit in main
  expect(table.size).toBe(1);
  table.apply(EXIT, 50, 5, 5 << 8, 0, 2n); // exit(5) in the other thread
  expect(story()).toEqual(["init 5", "clone 5", "exit 5", "free 5"]);
  expect(exitOf(5)).toMatchObject({ code: 5 });
});

test("TaskTable does not take the status of a thread that exits while another ends the process", () => {
  table.apply(FORK, 50, 5, 1, 1, 0n);
  table.apply(EXIT, 5, 5, 3 << 8, 1, 1n * MS); // exit(3) in main, which has joined the other
  table.apply(EXIT, 50, 5, 0, 0, 9n * MS);
  expect(exitOf(5)).toMatchObject({ code: 3 });
});

test("TaskTable takes the last status when an earlier one was a thread's own", () => {
  table.apply(FORK, 50, 5, 1, 1, 0n);
  table.apply(EXIT, 50, 5, 31, 0, 1n * MS); // SECCOMP_RET_KILL_THREAD
  table.apply(EXIT, 5, 5, 0, 1, 1500n * MS);
  expect(exitOf(5)).toMatchObject({ code: 0 });
});

test("TaskTable takes the status that a source knows to be the process's, whoever comes after", () => {
  table.apply(FORK, 50, 5, 1, 1, 0n);
  table.apply(EXIT, 50, 5, 31, 0, 1n, 1, 4 << 8);
  table.apply(EXIT, 5, 5, 7 << 8, 1, 2n);
  expect(exitOf(5)).toMatchObject({ code: 4 });
});

test("TaskTable takes no status from threads that an exec has ended", () => {
  table.apply(FORK, 50, 5, 1, 1, 0n);
  table.apply(FORK, 51, 5, 1, 1, 0n);
  table.apply(EXIT, 5, 5, 9, 1, 1n);
  table.apply(EXEC, 5, 5, 0, 0, 2n);
  table.apply(EXIT, 51, 5, 9, 0, 3n);
  table.apply(EXIT, 5, 5, 0, 1, 4n);
  expect(exitOf(5)).toMatchObject({ code: 0 });
});

test("TaskTable ends a killed process once, whichever thread goes last", () => {
  table.apply(FORK, 50, 5, 1, 1, 0n);
  table.apply(FORK, 51, 5, 1, 1, 0n);
  for (const tid of [50, 5, 51]) table.apply(EXIT, tid, 5, 9, 0, 1n);
  expect(story()).toEqual(["init 5", "clone 5", "exit 5", "free 5"]);
  expect(exitOf(5)).toMatchObject({ signal: 9 });
});

test("TaskTable takes an exec from another thread for the same process running on", () => {
  table.apply(FORK, 50, 5, 1, 1, 0n);
  table.apply(FORK, 51, 5, 1, 1, 0n);
  table.apply(EXIT, 5, 5, 0, 1, 1n); // the first thread, pushed out by 51's exec
  table.apply(EXIT, 50, 5, 0, 0, 1n);
  table.apply(EXEC, 5, 5, 0, 0, 2n); // 51 has the process's id now and gets no exit
  expect(table.size).toBe(1);
  table.apply(EXIT, 5, 5, 3 << 8, 1, 3n);
  expect(story()).toEqual(["init 5", "clone 5", "exec 5", "exit 5", "free 5"]);
  expect(exitOf(5)).toMatchObject({ code: 3 });
});

test("TaskTable takes a fork with a pid in use for a lost exit", () => {
  table.apply(FORK, 6, 6, 5, 5, 0n);
  table.apply(FORK, 6, 6, 5, 5, 5_000n * MS);
  expect(story().slice(2)).toEqual([
    "init 6",
    "clone 6",
    "exit* 6",
    "free* 6",
    "init 6",
    "clone 6",
  ]);
  expect(exitOf(6)).toMatchObject({ status: { missing: "reconciled" } });
  const ids = told
    .filter(([name, pid]) => name === "init" && pid === 6)
    .map((one) => one[2].timeNs);
  expect(ids).toEqual([0n, 5_000n * MS]);
});

test("TaskTable takes the fork event of a task it saw in /proc for that task", () => {
  const boot = new BootTime();
  const ticks = boot.ticks(100n * MS);
  table.adopt(8, 5, ticks, [8]);
  table.apply(FORK, 8, 8, 5, 5, 101n * MS);
  expect(story()).toEqual(["init 5", "clone 5"]);
  expect(visited).toContain(8);
});

test("TaskTable knows the threads of a process that was there before", () => {
  table.adopt(8, 1, 0, [8, 80, 81]);
  table.apply(EXIT, 8, 8, 0, 0, 1n);
  table.apply(EXIT, 80, 8, 0, 0, 1n);
  expect(table.process(8)).toBeDefined();
  table.apply(EXIT, 81, 8, 0, 0, 1n);
  expect(table.process(8)).toBeUndefined();
});

test("TaskTable hands a task its parent's ids and program, then its own", () => {
  table.apply(EXEC, 5, 5, 0, 0, 0n);
  table.apply(FORK, 6, 6, 5, 5, 0n);
  const child = table.process(6);
  expect(child?.exec).toBe(table.process(5)?.exec);
  table.apply(UID, 6, 6, 0, 0, 0n);
  expect(child?.ids).toEqual({ ruid: 0, euid: 0, rgid: 100, egid: 100 });
  expect(table.process(5)?.ids?.euid).toBe(1000);
});

test("TaskTable says why the facts of an exec are missing, and counts them", () => {
  table.apply(EXEC, 5, 5, 0, 0, 0n);
  const event = told.at(-1)?.[2];
  expect(event).toMatchObject({
    type: "exec",
    argv: { missing: "ENOENT" },
    exe: { missing: "ENOENT" },
  });
});

test("TaskTable raises a free for each init when the watch ends first", () => {
  table.apply(FORK, 6, 6, 5, 5, 0n);
  table.abandon(9n);
  expect(story().slice(-2)).toEqual(["free* 5", "free* 6"]);
  expect(table.size).toBe(0);
});

test("TaskTable with threads tells of each, and closes the id of a thread that called exec", () => {
  const [threaded, scope] = tableOf(true, new Descent());
  scope.await(5);
  threaded.apply(FORK, 5, 5, 1, 1, 0n);
  threaded.apply(FORK, 50, 5, 1, 1, 0n);
  threaded.apply(FORK, 51, 5, 1, 1, 0n);
  threaded.apply(EXIT, 50, 5, 0, 0, 1n);
  threaded.apply(EXIT, 5, 5, 0, 1, 1n);
  threaded.apply(EXEC, 5, 5, 0, 0, 2n);
  expect(story()).toEqual([
    ...["init 5", "clone 5", "init 50", "clone 50", "init 51", "clone 51"],
    ...["exit 50", "free 50", "exit* 51", "free* 51", "exec 5"],
  ]);
  expect(threaded.size).toBe(1);
});

test("TaskTable of the whole host takes every process", () => {
  const [all] = tableOf(false, new AllTasks());
  all.apply(FORK, 70, 70, 1, 1, 0n);
  expect(story()).toEqual(["init 70", "clone 70"]);
});

test("TaskTable ignores events of tasks it does not know", () => {
  for (const what of [EXEC, UID, 0x40, EXIT, 0x200, 0x12345]) table.apply(what, 77, 77, 0, 0, 0n);
  table.apply(FORK, 770, 77, 1, 1, 0n);
  expect(story()).toEqual(["init 5", "clone 5"]);
});

test("TaskTable remembers the group a process changed to, beside its user", () => {
  table.apply(GID, 5, 5, 7, 8, 1n);
  expect(told.at(-1)?.[2]).toMatchObject({ type: "gid", rgid: 7, egid: 8 });
  expect(table.process(5)?.ids).toEqual({ ruid: 1000, euid: 1000, rgid: 7, egid: 8 });
});

test("TaskTable tells a change of credentials once, however many threads make it", () => {
  table.apply(FORK, 50, 5, 1, 1, 0n);
  for (const tid of [50, 5]) {
    table.apply(UID, tid, 5, tid, tid, 1n);
    table.apply(GID, tid, 5, tid, tid, 1n);
  }
  expect(story().slice(2)).toEqual(["uid 5", "gid 5"]);
  expect(table.process(5)?.ids).toEqual({ ruid: 5, euid: 5, rgid: 5, egid: 5 });
});

test("TaskTable with threads tells each thread's change of credentials as its own", () => {
  const [threaded, scope] = tableOf(true, new Descent());
  scope.await(5);
  threaded.apply(FORK, 5, 5, 1, 1, 0n);
  threaded.apply(FORK, 50, 5, 1, 1, 0n);
  threaded.apply(UID, 50, 5, 7, 7, 1n);
  threaded.apply(GID, 50, 5, 8, 8, 1n);
  expect(story().slice(4)).toEqual(["uid 50", "gid 50"]);
  expect(threaded.process(5)?.ids).toMatchObject({ ruid: 1000, rgid: 100 });
});

test("TaskTable with threads takes a second fork event of a thread for the same thread", () => {
  const [threaded, scope] = tableOf(true, new Descent());
  scope.await(5);
  threaded.apply(FORK, 5, 5, 1, 1, 0n);
  threaded.apply(FORK, 50, 5, 1, 1, 0n);
  threaded.apply(FORK, 50, 5, 1, 1, 1n);
  expect(story()).toEqual(["init 5", "clone 5", "init 50", "clone 50"]);
  expect(threaded.size).toBe(2);
});

test("TaskTable keeps a process whose first thread was pushed out by an exec, when later threads end", () => {
  table.apply(FORK, 51, 5, 1, 1, 0n);
  table.apply(EXIT, 5, 5, 0, 1, 1n);
  table.apply(EXEC, 5, 5, 0, 0, 2n);
  table.apply(FORK, 60, 5, 1, 1, 3n);
  table.apply(EXIT, 60, 5, 0, 0, 4n);
  expect(table.process(5)).toBeDefined();
  expect(story()).toEqual(["init 5", "clone 5", "exec 5"]);
});

test("TaskTable.correctThreads() keeps the threads it knows where /proc names none: the process is gone", () => {
  const [threaded, scope] = tableOf(true, new Descent());
  scope.await(5);
  threaded.apply(FORK, 5, 5, 1, 1, 0n);
  threaded.apply(FORK, 50, 5, 1, 1, 0n);
  threaded.correctThreads(5, [], 1n);
  expect(threaded.size).toBe(2);
  threaded.correctThreads(5, [5, 51], 2n);
  expect(story().slice(4)).toEqual(["exit* 50", "free* 50", "init* 51", "clone* 51"]);
});
