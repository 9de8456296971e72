import type { ExecEvent, Task } from "@task-watchers/chain";
import { expect, test } from "vitest";
import { existingFork, fromLoss, fromNotice, fromTask } from "./from-task.ts";

const parent: Task = { id: "4.90", pid: 4, tgid: 4, ppid: 1, startNs: 0n };
const ran: ExecEvent = {
  type: "exec",
  timeNs: 8n,
  exe: "/bin/ls",
  argv: ["ls", "-l"],
  argvTruncatedBytes: 3,
  cwd: { missing: "EACCES" },
  cgroup: "/a",
};
const exec = {
  exe: "/bin/ls",
  argv: ["ls", "-l"],
  argvTruncatedBytes: 3,
  cwd: { missing: "EACCES" },
  cgroup: "/a",
};
const ids = { ruid: 1, euid: 2, rgid: 3, egid: 4 };
const plain: Task = { id: "5.100", pid: 5, tgid: 5, ppid: 4, startNs: 10n };
const task: Task = { ...plain, parent, exec: ran, ids };
const base = { timeNs: 20n, task: "5.100", pid: 5, tgid: 5, ppid: 4 };

test("fromTask() makes a fork of a clone, with parent, ids and the parent's program", () => {
  expect(fromTask({ type: "clone", timeNs: 20n }, task)).toEqual({
    type: "fork",
    ...base,
    exec,
    parent: "4.90",
    ids,
  });
});

test("fromTask() leaves out what is not known, and marks what was inferred", () => {
  expect(fromTask({ type: "clone", timeNs: 20n, synthetic: "reconciled" }, plain)).toStrictEqual({
    type: "fork",
    ...base,
    synthetic: "reconciled",
  });
});

test("existingFork() dates a task that was there from its start", () => {
  expect(existingFork(plain)).toStrictEqual({ type: "fork", ...base, timeNs: 10n, existing: true });
});

test("fromTask() gives an exec its own facts, not the task's latest", () => {
  const newer = { ...ran, exe: "/bin/newer" };
  expect(fromTask(ran, { ...task, exec: newer })).toMatchObject({ type: "exec", exec, ids });
});

test("fromTask() gives an exit its code, signal or the reason neither is known", () => {
  expect(fromTask({ type: "exit", timeNs: 20n, code: 7, durationNs: 10n }, plain)).toStrictEqual({
    type: "exit",
    ...base,
    code: 7,
    durationNs: 10n,
  });
  expect(fromTask({ type: "exit", timeNs: 20n, signal: 6, coreDumped: true }, plain)).toStrictEqual(
    { type: "exit", ...base, signal: 6, coreDumped: true },
  );
  const status = { missing: "reconciled" };
  expect(fromTask({ type: "exit", timeNs: 20n, status }, plain)).toMatchObject({ status });
});

test("fromTask() gives ids as they became", () => {
  expect(fromTask({ type: "uid", timeNs: 20n, ruid: 7, euid: 8 }, plain)).toMatchObject({
    type: "uid",
    ruid: 7,
    euid: 8,
  });
  expect(fromTask({ type: "gid", timeNs: 20n, rgid: 7, egid: 8 }, plain)).toMatchObject({
    type: "gid",
    rgid: 7,
    egid: 8,
  });
});

test("fromNotice() names the thread that the notice is about", () => {
  expect(fromNotice({ type: "comm", timeNs: 20n, pid: 6, comm: "worker" }, plain)).toStrictEqual({
    type: "comm",
    ...base,
    pid: 6,
    comm: "worker",
  });
  const tracer = { pid: 9, tgid: 8 };
  expect(fromNotice({ type: "ptrace", timeNs: 20n, pid: 5, tracer }, plain)).toStrictEqual({
    type: "ptrace",
    ...base,
    tracer,
  });
  expect(fromNotice({ type: "ptrace", timeNs: 20n, pid: 5 }, plain)).not.toHaveProperty("tracer");
  expect(fromNotice({ type: "sid", timeNs: 20n, pid: 5 }, plain)).toMatchObject({ type: "sid" });
});

test("fromLoss() dates a loss from when it was noticed", () => {
  const loss = { reason: "overrun", count: null, sinceNs: 1n, untilNs: 2n };
  expect(fromLoss(loss)).toEqual({ type: "lost", timeNs: 2n, ...loss });
});
