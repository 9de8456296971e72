import { readdirSync } from "node:fs";
import type { ExecEvent, Task } from "@task-watchers/chain";
import { expect, test } from "vitest";
import { fromNotice, fromTask, type TellingEvent } from "../event/from-task.ts";
import type { ProcEventFilter } from "./filter.ts";
import { Matcher, neededNotices } from "./matcher.ts";

const exec: ExecEvent = {
  type: "exec",
  timeNs: 1n,
  exe: "/usr/bin/cc",
  argv: ["cc", "-c"],
  cwd: "/",
  cgroup: "/system.slice/ssh.service",
};
const ids = { ruid: 1000, euid: 0, rgid: 1000, egid: 1000 };
const task: Task = { id: "5.100", pid: 5, tgid: 5, ppid: 4, startNs: 0n, exec, ids };
const thread: Task = { ...task, id: "6.100", pid: 6, parent: task };
const clone = { type: "clone", timeNs: 1n } as const;

function passes(filter: ProcEventFilter, event: TellingEvent, of: Task = task): boolean {
  return new Matcher(filter).matches(fromTask(event, of), of);
}

test("Matcher without a filter lets the events of a task's life through, of processes", () => {
  expect(passes({}, clone)).toBe(true);
  expect(passes({}, clone, thread)).toBe(false);
  expect(passes({ threads: true }, clone, thread)).toBe(true);
  const comm = fromNotice({ type: "comm", timeNs: 1n, pid: 5, comm: "x" }, task);
  expect(new Matcher({}).matches(comm, task)).toBe(false);
  expect(new Matcher({ kinds: ["comm"] }).matches(comm, task)).toBe(true);
});

test("Matcher takes a core dump for the process's, a name for the thread's", () => {
  const matcher = new Matcher({ kinds: ["comm", "coredump"] });
  const notice = { timeNs: 1n, pid: 6 };
  expect(matcher.matches(fromNotice({ type: "coredump", ...notice }, task), task)).toBe(true);
  expect(matcher.matches(fromNotice({ type: "comm", ...notice, comm: "x" }, task), task)).toBe(
    false,
  );
});

test("Matcher goes by the real or the effective user", () => {
  expect(passes({ uid: 1000 }, clone)).toBe(true);
  expect(passes({ uid: [7, 0] }, clone)).toBe(true);
  expect(passes({ uid: 7 }, clone)).toBe(false);
  expect(passes({ uid: 7 }, { type: "uid", timeNs: 1n, ruid: 7, euid: 8 })).toBe(true);
  expect(passes({ uid: 7 }, clone, { ...task, ids: undefined })).toBe(false);
});

test("Matcher goes by the program and by the control group or one above it", () => {
  expect(passes({ command: "cc" }, clone)).toBe(true);
  expect(passes({ command: "make" }, clone)).toBe(false);
  for (const cgroup of ["/", "/system.slice", "/system.slice/", "/system.slice/ssh.service"]) {
    expect(passes({ cgroup }, clone), cgroup).toBe(true);
  }
  for (const cgroup of ["/system", "/user.slice", "/system.slice/ssh.service/a"]) {
    expect(passes({ cgroup }, clone), cgroup).toBe(false);
  }
});

test("Matcher with failed lets only exits through, and only bad ones", () => {
  const exit = { type: "exit", timeNs: 1n } as const;
  expect(passes({ failed: true }, { ...exit, code: 1 })).toBe(true);
  expect(passes({ failed: true }, { ...exit, signal: 9 })).toBe(true);
  expect(passes({ failed: true }, { ...exit, code: 0 })).toBe(false);
  expect(passes({ failed: true }, { ...exit, status: { missing: "reconciled" } })).toBe(false);
  expect(passes({ failed: true }, clone)).toBe(false);
});

test("Matcher with a duration lets only exits of tasks through that lived so long", () => {
  const exit = { type: "exit", timeNs: 1n, code: 0 } as const;
  expect(passes({ minDurationMs: 2 }, { ...exit, durationNs: 2_000_000n })).toBe(true);
  expect(passes({ minDurationMs: 2 }, { ...exit, durationNs: 1_999_999n })).toBe(false);
  expect(passes({ minDurationMs: 0 }, exit)).toBe(false);
});

test("Matcher follows a process's descent, also where a generation has not been told of yet", () => {
  const matcher = new Matcher({ pid: 5 });
  matcher.seed([task]);
  const child: Task = { ...task, id: "8.1", pid: 8, tgid: 8, ppid: 5, parent: task };
  const grandchild: Task = { ...child, id: "9.1", pid: 9, tgid: 9, ppid: 8, parent: child };
  matcher.began(grandchild);
  matcher.began(child);
  const stranger: Task = { ...task, id: "10.1", pid: 10, tgid: 10, ppid: 1 };
  matcher.began(stranger);
  const isIn = (of: Task): boolean => matcher.matches(fromTask(clone, of), of);
  expect([task, child, grandchild, stranger].map(isIn)).toEqual([true, true, true, false]);
  const reused: Task = { ...task, id: "5.9999" };
  matcher.began(reused);
  expect(isIn(reused)).toBe(false);
});

test("Matcher waits for a process whose fork is still to be told, and takes no later one for it", () => {
  const matcher = new Matcher({ pid: process.pid });
  matcher.seed([]);
  const self = { pid: process.pid, tgid: process.pid, ppid: 1, startNs: 0n };
  const later: Task = { ...self, id: `${process.pid}.1` };
  matcher.began(later);
  expect(matcher.matches(fromTask(clone, later), later)).toBe(false);
});

test("Matcher refuses the id of a thread, and names its process", () => {
  const tid =
    readdirSync("/proc/self/task")
      .map(Number)
      .find((tid) => tid !== process.pid) ?? 0;
  const message = `${tid} is a thread of process ${process.pid}; name the process`;
  const refusal = expect.objectContaining({ code: "EINVAL", message });
  expect(() => new Matcher({ pid: tid }).seed([])).toThrow(refusal);
});

test("Matcher wants existing tasks when a pid is given and forks are wanted", () => {
  expect(new Matcher({}).existing).toBe(false);
  expect(new Matcher({ existing: true }).existing).toBe(true);
  expect(new Matcher({ pid: 5 }).existing).toBe(true);
  expect(new Matcher({ pid: 5, existing: false }).existing).toBe(false);
  expect(new Matcher({ pid: 5, kinds: ["exit"] }).existing).toBe(false);
  expect(new Matcher({ pid: 5, failed: true }).existing).toBe(false);
});

test("neededNotices() names what the kernel has to be asked for", () => {
  expect(neededNotices({})).toEqual([]);
  expect(neededNotices({ kinds: ["comm", "exit", "sid"] })).toEqual(["sid", "comm"]);
  expect(neededNotices({ kinds: ["comm", "exit"], failed: true })).toEqual([]);
});
